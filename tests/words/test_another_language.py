"""Another language is one file."""

from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale, gettext, ngettext

from app.web import languages
from app.web.scripts import plurals

BRAZILIAN = """
msgid ""
msgstr ""
"Language: pt_BR\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "Photos"
msgstr "Fotos"

#, fuzzy
msgid "Tags"
msgstr "Nobody has looked at this"

msgid "%(num)s photo"
msgid_plural "%(num)s photos"
msgstr[0] "%(num)s foto"
msgstr[1] "%(num)s fotos"
"""


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """A site that knows English and what lies in a folder: one catalogue, as its translator left it."""
    catalogue = tmp_path / "pt_BR" / "LC_MESSAGES" / "messages.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text(BRAZILIAN, encoding="utf-8")
    app = Flask(__name__)
    languages.init_app(app, tmp_path)
    texts = {
        "Photos": lambda: gettext("Photos"),
        "Tags": lambda: gettext("Tags"),
        "none": lambda: ngettext("%(num)s photo", "%(num)s photos", 0),
    }
    app.add_url_rule("/", view_func=lambda: " ".join(text() for text in texts.values()), endpoint="index")
    return app


def test_a_catalogue_is_all_that_a_language_takes(app: Flask) -> None:
    """Who asks for the language gets it, with its own plural rule; what is not translated for sure stays English."""
    answer = app.test_client().get("/", headers={"Accept-Language": "pt-BR,pt;q=0.9"})
    assert answer.text == "Fotos Tags 0 foto"
    assert answer.headers["Content-Language"] == "pt-BR"
    assert app.test_client().get("/").text == "Photos Tags 0 photos"


def test_its_link_names_it_in_itself(app: Flask) -> None:
    """Every page's links have the new language, by its tag and its own name."""
    with app.test_request_context("/?before=x"):
        known = {language.tag: language for language in app.jinja_env.globals["languages"]()}  # type: ignore[operator]
    assert known["pt-BR"] == languages.Language("pt-BR", "português (Brasil)", "?before=x&lang=pt-BR")


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("ko", {"other"}),
        ("en", {"one", "other"}),
        ("pl", {"one", "few", "many"}),
        ("ar", {"zero", "one", "two", "few", "many", "other"}),
    ],
)
def test_scripts_get_each_form_of_a_counted_text(app: Flask, language: str, forms: set[str]) -> None:
    """A language's plural categories are those that browsers know it by."""
    with app.test_request_context(), force_locale(language):
        assert set(plurals("%(count)s photo", "%(count)s photos")) == forms
