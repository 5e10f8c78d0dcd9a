"""A heading has the weekday, the day and the month in every language, and no year."""

import re
from datetime import date
from itertools import product

import pytest
from babel import Locale, dates
from babel.localedata import locale_identifiers

from app.web.rendering.languages.day_patterns import INTERVALS, day_pattern, heading_locale
from tests.web.rendering.languages.locales import accepted_locales

DAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en", "Monday, November 23"),
        ("en_GB", "Monday 23 November"),
        ("de_AT", "Montag, 23. November"),
        ("fr_CA", "lundi 23 novembre"),
        ("es", "lunes, 23 de noviembre"),
        ("pt_PT", "segunda-feira, 23 de novembro"),
        ("ja", "11月23日月曜日"),
        ("zh_Hans", "11月23日星期一"),
        ("ko", "11월 23일 월요일"),
    ],
)
def test_a_day_is_written_as_people_write_it(locale: str, text: str) -> None:
    parsed = Locale.parse(locale)
    assert dates.format_date(DAY, day_pattern(parsed), parsed) == text


def test_no_language_has_a_year_or_a_cut_name() -> None:
    """The name of the weekday is the full one, in every language that states its patterns."""
    found = {}
    for name in locale_identifiers():
        locale = Locale.parse(name)
        if not locale.date_formats or "MMMMEd" not in locale.datetime_skeletons:
            continue
        text = dates.format_date(DAY, day_pattern(locale), locale)
        names = {locale.days[context]["wide"][0] for context in ("format", "stand-alone")}
        if not any(weekday in text for weekday in names) or "2026" in text:
            found[name] = text
    assert found == {}


@pytest.mark.parametrize(
    ("locale", "interval", "day"),
    [
        ("de_CH", "23.–24. November", "Montag, 23. November"),
        ("en_AE", "23 – 24 November", "Monday 23 November"),
        ("en_US", "November 23 – 24", "Monday, November 23"),
        ("es_AR", "23–24 de noviembre", "lunes, 23 de noviembre"),
        ("zh_Hans_SG", "11月23–24日", "11月23日星期一"),
    ],
)
def test_an_interval_is_written_as_a_day_is(locale: str, interval: str, day: str) -> None:
    chosen = heading_locale(Locale.parse(locale))
    text = dates.format_interval(DAY, date(2026, 11, 24), "MMMMd", locale=chosen)
    assert " ".join(text.split()) == interval
    assert dates.format_date(DAY, day_pattern(chosen), chosen) == day


def test_all_headings_have_the_day_and_the_month_in_one_order() -> None:
    """In every language and territory: the order of the long date."""
    mixed = {}
    for locale in accepted_locales():
        texts = _headings(locale)
        if len({_is_day_first(text) for text in texts}) > 1:
            mixed[locale] = texts
    assert mixed == {}


def _headings(locale: Locale) -> list[str]:
    """Return a long date of the locale, and intervals and a day in headings."""
    chosen = heading_locale(locale)
    assert chosen.language == locale.language
    newest_days = (date(2026, 11, 29), date(2026, 12, 29), date(2027, 12, 29))
    intervals = [
        dates.format_interval(DAY, newest, skeleton, locale=chosen)
        for skeleton, newest in product(INTERVALS, newest_days)
    ]
    pattern = re.sub("[Ec]{4}", "", day_pattern(chosen))
    day = dates.format_date(DAY, pattern, chosen)
    return [dates.format_date(DAY, "long", locale), *intervals, day]


def _is_day_first(text: str) -> bool:
    """Return whether the text begins with the day, after a year."""
    return re.sub(r"\W|20..|[年년]", "", text).startswith("23")
