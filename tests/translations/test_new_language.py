"""Another language is one file."""

from pathlib import Path

import pytest
from flask import Flask, render_template_string
from flask_babel import force_locale

from app.web.rendering import i18n
from app.web.rendering.script_texts import plurals

CATALOGUE = """
msgid ""
msgstr ""
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
PAGE = """\
{{ language() }} {{ direction() }}: {{ _("Photos") }} {{ _("Tags") }} \
{{ ngettext("%(num)s photo", "%(num)s photos", 0) }}"""


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """A site that knows English and what lies in a folder: catalogues as their translators left them."""
    for name in ("pt_BR", "zh_TW", "ar"):
        catalogue = tmp_path / name / "LC_MESSAGES" / "messages.po"
        catalogue.parent.mkdir(parents=True)
        catalogue.write_text(CATALOGUE, encoding="utf-8")
    app = Flask(__name__)
    i18n.init_app(app, tmp_path)
    app.add_url_rule("/", view_func=lambda: render_template_string(PAGE), endpoint="index")
    return app


@pytest.mark.parametrize(
    ("accepted", "language", "direction"),
    [("pt-BR,pt;q=0.9", "pt-BR", "ltr"), ("zh-TW", "zh-TW", "ltr"), ("ar-EG", "ar", "rtl")],
)
def test_a_catalogue_is_all_that_a_language_takes(
    app: Flask, accepted: str, language: str, direction: str
) -> None:
    """Who asks for the language gets it, its plural rule and its direction; what nobody looked at stays English."""
    answer = app.test_client().get("/", headers={"Accept-Language": accepted})
    assert answer.text == f"{language} {direction}: Fotos Tags 0 foto"
    assert answer.headers["Content-Language"] == language


def test_english_takes_none(app: Flask) -> None:
    """Whoever asks for no language of ours reads what the code says."""
    assert app.test_client().get("/").text == "en ltr: Photos Tags 0 photos"


def test_its_link_names_it_in_itself(app: Flask) -> None:
    """Every page's links have the new language, by its tag and its own name."""
    with app.test_request_context("/?before=x"):
        known = {language.tag: language for language in app.jinja_env.globals["languages"]()}  # type: ignore[operator]
    assert known["pt-BR"] == i18n.Language("pt-BR", "português (Brasil)", "?before=x&lang=pt-BR")


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("ko", {"other"}),
        ("en", {"one", "other"}),
        ("pl", {"one", "few", "many"}),
        ("ar", {"zero", "one", "two", "few", "many", "other"}),
    ],
)
def test_scripts_get_each_form_of_a_counted_text(
    app: Flask, language: str, forms: set[str]
) -> None:
    """A language's plural categories are those that browsers know it by."""
    with app.test_request_context(), force_locale(language):
        assert set(plurals("%(count)s photo", "%(count)s photos")) == forms
