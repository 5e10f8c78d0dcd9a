"""Format years, months, and the dates of photos in the language of the request."""

from datetime import date

from babel import dates
from flask import Flask

from app.domain.image.taken_date import TakenDate
from app.domain.listings.archive import Period, period_of
from app.web.rendering.formatting import format_date, format_datetime
from app.web.rendering.i18n import get_locale, gettext
from app.web.rendering.languages.capitals import capitalized


def init_app(app: Flask) -> None:
    """Add the filters to templates."""
    app.jinja_env.filters.update(
        format_period=format_period,
        format_month_name=format_month_name,
        format_taken=format_taken,
        period_of=period_of,
    )


def format_period(period: Period) -> str:
    """Format a year or a month as in a sentence: 2026, or November 2026."""
    skeleton = "yMMMM" if period.month else "y"
    return dates.format_skeleton(skeleton, _first_day(period), locale=get_locale())


def format_month_name(period: Period) -> str:
    """Format a month alone, without its year: Nov."""
    return capitalized(dates.format_date(_first_day(period), "LLL", get_locale()))


def format_taken(taken: TakenDate) -> str:
    """Format a date as far as it is known: November 23, 2026, 2:05 PM, or about June 1974."""
    text = format_datetime(taken.earliest) if taken.has_time else _format_day(taken)
    return _about(taken, text)


def format_taken_day(taken: TakenDate) -> str:
    """Format a date without its time: November 23, 2026, or about June 1974."""
    return _about(taken, _format_day(taken))


def month_choices() -> list[tuple[str, str]]:
    """Return the months for a field: their numbers and names, after an empty one."""
    names = dates.get_month_names("wide", "stand-alone", get_locale())
    return [("", "–"), *((str(number), capitalized(names[number])) for number in range(1, 13))]


def _format_day(taken: TakenDate) -> str:
    if taken.has_day:
        return format_date(taken.earliest.date())
    return format_period(period_of(taken))


def _about(taken: TakenDate, text: str) -> str:
    # Translators: a date that is a guess.
    return gettext("about %(date)s", date=text) if taken.is_about else text


def _first_day(period: Period) -> date:
    return date(period.year, period.month or 1, 1)
