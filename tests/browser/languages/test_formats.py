"""Scripts write moments, numbers and sizes as the server does, in every language and territory."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from babel import Locale
from flask import Flask
from playwright.sync_api import Browser, Page

from app.web.rendering.formatting import (
    format_date,
    format_datetime,
    format_filesize,
    format_number,
)
from app.web.rendering.time_elements import time_element
from tests.server.site import ROOT
from tests.web.rendering.languages.locales import accepted_locales, tag_of

pytestmark = pytest.mark.browser

AFTERNOON = datetime(2026, 11, 3, 14, 5, tzinfo=UTC)
# Some are rounded to another number of digits, and some are as close to the one as to the other.
SIZES = (
    *(1_050, 4_200, 99_960, 432_100, 998_500, 999_500, 999_999, 1_000_000),
    *(1_250_000, 4_250_000, 4_260_000, 87_000_000, 99_950_000, 234_400_000, 999_500_000),
)
SEPARATORS = re.compile(r"(?<=\d)\D(?=\d)")
# The arguments are a script, and for each locale its tag and the input of the script.
SHOW_MOMENTS = """([script, elements]) => elements.map(([tag, element]) => {
  document.documentElement.dataset.locale = tag;
  document.body.innerHTML = element;
  new Function(script)();
  return document.body.textContent;
})"""
FORMAT_SIZES = """([script, sizes]) => sizes.map(([tag, size]) => {
  Object.assign(document.documentElement, { lang: "en" }).dataset.locale = tag;
  document.body.innerHTML = '<script id="script-texts">{}</script>';
  return new Function(script.replaceAll("export ", "") + "; return formatFileSize;")()(size);
})"""
FORMAT_NUMBERS = "([_script, numbers]) => numbers.map(([tag, n]) => n.toLocaleString(tag))"
NUMBERS = (0, 999, 1_000, 9_999, 10_000, 1_234_567)


@pytest.fixture
def empty_page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(timezone_id="UTC") as context:
        yield context.new_page()


def test_moments_are_written_as_on_the_server(empty_page: Page, app: Flask) -> None:
    """Where the browser's CLDR has another clock, the date and what follows it are the same.

    Spaces may be no-break ones.
    """
    locales = accepted_locales()
    rendered = [_moment(app, locale) for locale in locales]
    elements = [
        (tag_of(locale), element) for locale, (element, _, _) in zip(locales, rendered, strict=True)
    ]
    texts = _run(empty_page, SHOW_MOMENTS, "local-times.js", elements)
    for locale, (_, whole, date), text in zip(locales, rendered, texts, strict=True):
        expected = date if locale.territory else whole
        assert " ".join(text.split()).startswith(" ".join(expected.split())), locale


def test_sizes_are_written_as_on_the_server(empty_page: Page, app: Flask) -> None:
    """With a no-break space between the number and its unit."""
    assert _differences(empty_page, app, FORMAT_SIZES, format_filesize, SIZES) == []


def test_numbers_are_grouped_as_on_the_server(empty_page: Page, app: Flask) -> None:
    assert _differences(empty_page, app, FORMAT_NUMBERS, format_number, NUMBERS) == []


def _differences(
    page: Page,
    app: Flask,
    function: str,
    format_value: Callable[[int], str],
    values: Sequence[int],
) -> list[tuple[str, str, str]]:
    """Return the locale, the text of the script and that of the server where they differ.

    The browser's CLDR may have a point where the server's has a comma.
    """
    pairs = list(product(accepted_locales(), values))
    arguments = [(tag_of(locale), value) for locale, value in pairs]
    texts = _run(page, function, "texts.js", arguments)
    different = []
    for (locale, value), text in zip(pairs, texts, strict=True):
        with app.test_request_context(headers={"Accept-Language": tag_of(locale)}):
            expected = format_value(value)
        if SEPARATORS.sub(",", text) != SEPARATORS.sub(",", expected):
            different.append((str(locale), text, expected))
    return different


def _run(page: Page, function: str, script: str, arguments: list[Any]) -> list[str]:
    """Return the text of each locale."""
    texts: list[str] = page.evaluate(
        function, [(ROOT / "static/js" / script).read_text(), arguments]
    )
    return texts


def _moment(app: Flask, locale: Locale) -> tuple[str, str, str]:
    """Return the element of a moment, its text, and the beginning of the text before the clock."""
    with app.test_request_context(headers={"Accept-Language": tag_of(locale)}):
        whole, date = format_datetime(AFTERNOON), format_date(AFTERNOON)
        separator = re.match("[^0-9]*? ", whole.removeprefix(date))
        assert whole.startswith(date)
        assert separator
        return time_element(AFTERNOON), whole, date + separator[0]
