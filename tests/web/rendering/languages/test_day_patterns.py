"""A heading has the weekday, the day and the month in every language, and no year."""

from datetime import date

import pytest
from babel import Locale, dates
from babel.localedata import locale_identifiers

from app.web.rendering.languages.day_patterns import day_pattern

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
