"""Format the years and months of the date archive in the language of the request."""

from datetime import date

from babel import dates
from flask import Flask

from app.domain.listings.archive import Period, month_of
from app.web.rendering.i18n import get_locale


def init_app(app: Flask) -> None:
    """Add the filters to templates."""
    app.jinja_env.filters.update(
        format_period=format_period, format_month_name=format_month_name, taken_month=month_of
    )


def format_period(period: Period) -> str:
    """Format a year or a month: 2026, or November 2026."""
    skeleton = "yMMMM" if period.month else "y"
    return dates.format_skeleton(skeleton, _first_day(period), locale=get_locale())


def format_month_name(period: Period) -> str:
    """Format a month without its year: Nov."""
    return dates.format_date(_first_day(period), "LLL", get_locale())


def _first_day(period: Period) -> date:
    return date(period.year, period.month or 1, 1)
