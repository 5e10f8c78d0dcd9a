"""A new language is one file."""

from pathlib import Path

import pytest
from babel import Locale
from flask import Flask, g, render_template_string

from app.web.rendering import i18n
from app.web.rendering.languages.catalogs import Catalog
from app.web.rendering.script_texts import plurals

CATALOG = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "Photos"
msgstr "Fotos"

#, fuzzy
msgid "Tags"
msgstr "Not reviewed"

msgid "%(num)s photo"
msgid_plural "%(num)s photos"
msgstr[0] "%(num)s foto"
msgstr[1] "%(num)s fotos"
"""
PAGE = """\
{{ language() }} {{ text_direction() }}: {{ _("Photos") }} {{ _("Tags") }} \
{{ ngettext("%(num)s photo", "%(num)s photos", 0) }}"""


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """Return an app with English and three catalogs."""
    for name in ("pt_BR", "zh_TW", "ar"):
        catalog = tmp_path / name / "LC_MESSAGES" / "messages.po"
        catalog.parent.mkdir(parents=True)
        catalog.write_text(CATALOG, encoding="utf-8")
    app = Flask(__name__)
    i18n.init_app(app, tmp_path)
    app.add_url_rule("/", view_func=lambda: render_template_string(PAGE), endpoint="index")
    return app


@pytest.mark.parametrize(
    ("accepted", "language", "direction"),
    [("pt-BR,pt;q=0.9", "pt-BR", "ltr"), ("zh-TW", "zh-TW", "ltr"), ("ar-EG", "ar", "rtl")],
)
def test_a_catalog_adds_a_language(
    app: Flask, accepted: str, language: str, direction: str
) -> None:
    """A page has the translations, plural forms and direction. Fuzzy texts stay English."""
    answer = app.test_client().get("/", headers={"Accept-Language": accepted})
    assert answer.text == f"{language} {direction}: Fotos Tags 0 foto"
    assert answer.headers["Content-Language"] == language


def test_english_is_the_default(app: Flask) -> None:
    """Without a supported language, pages show the texts of the code."""
    assert app.test_client().get("/").text == "en ltr: Photos Tags 0 photos"


def test_the_link_has_the_name_of_the_language(app: Flask) -> None:
    """The links of a page include the new language, with its tag and its own name."""
    with app.test_request_context("/?before=x"):
        links = app.jinja_env.globals["language_links"]()  # type: ignore[operator]
        known = {language.tag: language for language in links}
    assert known["pt-BR"] == i18n.LanguageLink(
        "pt-BR", "Português (Brasil)", "?before=x&lang=pt-BR"
    )


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("ko", {"other"}),
        ("en", {"one", "other"}),
        ("pl", {"one", "few", "many", "other"}),
        ("es", {"one", "many", "other"}),
        ("ar", {"zero", "one", "two", "few", "many", "other"}),
    ],
)
def test_scripts_get_each_plural_form(app: Flask, language: str, forms: set[str]) -> None:
    """The plural categories of a language have the names that browsers use."""
    with app.test_request_context():
        g.catalog = Catalog(language, Locale.parse(language))
        assert set(plurals("%(count)s photo", "%(count)s photos")) == forms
