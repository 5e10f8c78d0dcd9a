"""Punctuation and spaces are parts of the translated texts: they differ between languages."""

import re
from pathlib import Path

import pytest
from babel import Locale
from flask import Flask, g

from app.web.rendering.formatting import format_filesize
from tests.translations.test_catalogs import CATALOGS, forms, messages, read
from tests.translations.untranslatable import HOLE, environment, with_holes

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.js"))
LANGUAGES = ("en", *(path.parent.parent.name for path in CATALOGS))
OF_OPERATORS = {"status/_macros.html"}  # findings of maintenance, which stay English
FOR_BROWSERS = re.compile(
    r"<(style|script)\b.*?</\1>|(?:srcset|sizes|content)=\"[^\"]*\"", re.DOTALL
)

_BETWEEN_TEXTS = re.compile(rf"{HOLE}(?:\s|</?\w[^>]*>)*[:,;] ")
_BETWEEN_TEXTS_OF_SCRIPT = re.compile(r"\}[:;] \$\{")
_UNIT = re.compile(r"%\(\w+\)s (?:[kMG]B|[KMG]o|s|m[eé]gap\w+)\b")


def joined(source: str) -> list[str]:
    """Return the places where a template puts punctuation after a text."""
    text = FOR_BROWSERS.sub("", with_holes(source, environment()))
    return _BETWEEN_TEXTS.findall(text)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_joins_texts_by_punctuation(page: Path) -> None:
    """French has a space before a colon, Japanese and Chinese have their own marks."""
    if str(page.relative_to(ROOT / "templates")) not in OF_OPERATORS:
        assert joined(page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_no_script_joins_texts_by_punctuation(script: Path) -> None:
    assert _BETWEEN_TEXTS_OF_SCRIPT.findall(script.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "{{ _('Newer') }}: {{ name }}",
        "<b>{{ name }}</b>: {% if a %}{{ b }}{% endif %}",
        "{% for each in all %}{{ ', ' if not loop.first }}<a>{{ each }}</a>, {% endfor %}",
        '<a aria-label="{{ _(label) }}: {{ name }}"></a>',
        "{{ label ~ ': ' ~ name }}",
    ],
)
def test_punctuation_between_texts_is_found(source: str) -> None:
    assert joined(source)


def test_punctuation_of_translated_texts_is_not_found() -> None:
    assert joined("{{ _('Newer: %(name)s', name=name) }} <img sizes='1px, 2px'>") == []


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parent.parent.name)
def test_a_number_and_its_unit_stay_in_one_line(path: Path) -> None:
    """Texts have a no-break space between them, in English too."""
    for message in messages(read(path)):
        assert not _UNIT.search(str(message.id)), message.id
        assert not any(map(_UNIT.search, forms(message))), message.string


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [1, 999, 1_500, 4_200_000, 77_000_000_000])
def test_a_size_stays_in_one_line(language: str, size: int) -> None:
    with Flask(__name__).test_request_context():
        g.locale = Locale.parse(language)
        assert not set(format_filesize(size)) & set(" \t\n")
