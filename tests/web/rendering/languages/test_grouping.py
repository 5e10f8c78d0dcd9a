"""Numbers of four digits are grouped where CLDR says so, and longer ones everywhere.

`tests/browser/languages/test_formats.py` compares them with those of a browser.
"""

import pytest
from flask import Flask

from app.web.rendering.formatting import format_filesize, format_number
from tests.web.rendering.languages.locales import accepted_locales, tag_of


@pytest.mark.parametrize(
    ("tag", "four", "five", "decimal"),
    [
        ("en", "1,234", "12,345", "9,999.5"),
        ("de", "1.234", "12.345", "9.999,5"),
        ("es", "1234", "12.345", "9999,5"),
        ("es-ES", "1234", "12.345", "9999,5"),
        ("es-MX", "1,234", "12,345", "9,999.5"),
        ("pt-BR", "1.234", "12.345", "9.999,5"),
        ("pt-PT", "1234", "12\u00a0345", "9999,5"),
    ],
)
def test_numbers_are_grouped_as_in_the_territory(
    app: Flask, tag: str, four: str, five: str, decimal: str
) -> None:
    with app.test_request_context(headers={"Accept-Language": tag}):
        assert [format_number(number) for number in (1234, 12_345, 9_999.5)] == [
            four,
            five,
            decimal,
        ]
        assert format_number(-1234) == f"-{four}"
        assert format_filesize(1_234_000_000_000).split() == [four, "GB"]
        assert format_filesize(999_999).split() == [format_number(1000), "kB"]
        assert format_number(9_999.9996) == format_number(10_000)


@pytest.mark.parametrize("tag", ["de-CH", "de-LI", "en-CH", "fr-CH"])
def test_millions_are_grouped_in_switzerland(app: Flask, tag: str) -> None:
    """Its separator is an apostrophe, and Babel reads two of them as quotes."""
    with app.test_request_context(headers={"Accept-Language": tag}):
        assert format_number(1_234_567) == "1'234'567"
        assert format_number(-12_345.678).replace(",", ".") == "-12'345.678"


def test_five_digits_are_grouped_everywhere(app: Flask) -> None:
    for locale in accepted_locales():
        with app.test_request_context(headers={"Accept-Language": tag_of(locale)}):
            assert format_number(999) == "999", locale
            assert not format_number(12_345).isdecimal(), locale
