"""A visitor gets the texts of the best language, in the formats of the own territory.

Covers app.web.rendering.i18n.
"""

from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from jinja2 import DictLoader
from werkzeug.test import TestResponse

from app.web.rendering import cached_macros, formatting, i18n
from tests.translations.small_catalogs import write_catalogs

LANGUAGES = ("de", "es", "fr", "ja", "ko", "pt", "zh_Hans")
MOMENT = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
PAGE = "{{ locale_tag() }}|{{ moment | format_datetime }}|{{ 12345.6 | format_number }}"


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    write_catalogs(tmp_path, *LANGUAGES)
    app = Flask(__name__)
    i18n.init_app(app, tmp_path)
    formatting.init_app(app)
    app.add_url_rule("/", "page", lambda: render_template_string(PAGE, moment=MOMENT))
    return app


def open_page(app: Flask, accepted: str, path: str = "/") -> TestResponse:
    return app.test_client().get(path, headers={"Accept-Language": accepted})


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("zh", "zh-Hans"),
        ("zh-CN,en;q=0.5", "zh-Hans"),
        ("zh-SG", "zh-Hans"),
        ("zh-Hans-HK", "zh-Hans"),
        ("zh-TW,zh;q=0.9,en;q=0.8", "en"),  # browsers add `zh` by themselves
        ("zh-HK,zh;q=0.9,en-US;q=0.8,en;q=0.7", "en"),
        ("zh-TW,zh-CN;q=0.9,zh;q=0.8", "zh-Hans"),
        ("zh-CN,zh;q=0.9,zh-TW;q=0.8,en;q=0.7", "zh-Hans"),
        ("zh-TW,en;q=0.8", "en"),
        ("zh-HK,ko;q=0.8,en;q=0.7", "ko"),
        ("zh-Hant,ja;q=0.2", "ja"),
        ("pt-BR", "pt"),
        ("pt-PT,en;q=0.1", "pt"),
        ("de-AT,en;q=0.9", "de"),
        ("ko-KR", "ko"),
        ("sv,de-CH;q=0.9,fr;q=0.95", "fr"),
        ("en;q=0.1,de;q=0.2,*;q=0.9", "de"),
        ("de;q=0,fr;q=0.1", "fr"),
        ("en-GB,de;q=0.9", "en"),
        ("sv,fi;q=0.9", "en"),
        ("*", "en"),
    ],
)
def test_the_preferred_language_that_the_site_has(app: Flask, accepted: str, language: str) -> None:
    """It is the first one of the header in which there is a catalog, in the script it names."""
    assert open_page(app, accepted).headers["Content-Language"] == language


@pytest.mark.parametrize(
    ("accepted", "page"),
    [
        ("", "en|November 23, 2026, 2:05 PM|12,345.6"),
        ("en-US,en;q=0.9", "en-US|November 23, 2026, 2:05 PM|12,345.6"),
        ("en-GB,en;q=0.9", "en-GB|23 November 2026, 14:05|12,345.6"),
        ("en-XX,en-AU;q=0.9", "en-AU|23 November 2026, 2:05 pm|12,345.6"),
        ("de", "de|23. November 2026, 14:05|12.345,6"),
        ("de-CH,de;q=0.9", "de-CH|23. November 2026, 14:05|12’345.6"),
        ("fr-CA", "fr-CA|23 novembre 2026, 14 h 05|12 345,6"),
        ("es-MX", "es-MX|23 de noviembre de 2026, 2:05 p.m.|12,345.6"),
        ("pt-PT", "pt-PT|23 de novembro de 2026, 14:05|12 345,6"),
        ("pt-BR", "pt-BR|23 de novembro de 2026 14:05|12.345,6"),
        ("zh-SG", "zh-Hans-SG|2026年11月23日 下午2:05|12,345.6"),
        ("sv-SE", "en|November 23, 2026, 2:05 PM|12,345.6"),
    ],
)
def test_formats_are_those_of_the_visitor_s_territory(app: Flask, accepted: str, page: str) -> None:
    """Dates, times and numbers follow the territory that the header names with the language."""
    shown = unescape(open_page(app, accepted).text).replace("'", "’")  # CLDR has had both
    assert " ".join(shown.split()) == page


@pytest.mark.parametrize(
    ("chosen", "accepted", "locale"),
    [
        ("en", "de-AT,en-GB;q=0.5,en-US;q=0.4", "en-GB"),
        ("de", "en-GB,de-AT;q=0.2", "de-AT"),
        ("ja", "en-GB,de-AT;q=0.2", "ja"),
        ("zh-Hans", "zh-TW,zh-SG;q=0.1", "zh-Hans-SG"),
        ("pt", "es-MX", "pt"),
    ],
)
def test_a_chosen_language_has_the_formats_of_its_entry(
    app: Flask, chosen: str, accepted: str, locale: str
) -> None:
    """They are those of the first entry in that language, else those of the language."""
    page = open_page(app, accepted, f"/?lang={chosen}")
    assert page.headers["Content-Language"] == chosen
    assert page.text.partition("|")[0] == locale


def test_kept_html_has_the_formats_of_each_visitor(app: Flask) -> None:
    """Two visitors who read one language in two territories share no HTML."""
    cached_macros.init_app(app)
    source = "{% macro count(number) %}{{ number | format_number }}{% endmacro %}"
    app.jinja_loader = DictLoader({"m.html": source})  # type: ignore[misc]  # a cached property
    page = '{{ cached_macro("m.html", "count", 12345.6) }}'
    app.add_url_rule("/kept", "kept", lambda: render_template_string(page))
    shown = [open_page(app, each, "/kept").text for each in ("en", "en-ZA", "fr", "de", "en")]
    numbers = [" ".join(number.split()) for number in shown]
    assert numbers == ["12,345.6", "12 345,6", "12 345,6", "12.345,6", "12,345.6"]
