"""How pages write sentences, numbers, sizes, dates and exposures in the request's language."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from fractions import Fraction

from babel import dates, lists, units
from babel.numbers import format_decimal
from flask import Flask
from flask_babel import get_locale, gettext, ngettext

from app.domain.messages import Message, Value

_UNITS = (("byte", "long"), ("kilobyte", "short"), ("megabyte", "short"), ("gigabyte", "short"))


def translate(sentence: Message) -> str:
    """The sentence in the request's language."""
    facts = {name: _written(fact) for name, fact in sentence.facts.items()}
    if sentence.many is None:
        return str(gettext(sentence.one, **facts))
    return str(ngettext(sentence.one, sentence.many, sentence.facts["count"], **facts))


def format_number(amount: float) -> str:
    """12,345.6 as the language writes it, with three decimal places at most."""
    return format_decimal(amount, locale=get_locale())


def format_filesize(size: int) -> str:
    """Bytes as a person reads them, in units of 1000 as phones and file managers count: 4.2 MB."""
    power = next((power for power in range(3) if size < 1000 ** (power + 1)), 3)
    unit, length = _UNITS[power]
    amount = size / 1000**power
    pattern = "#,##0.#" if amount < 100 else "#,##0"
    return units.format_unit(amount, unit, length, pattern, locale=get_locale())  # type: ignore[arg-type]  # a Literal


def format_datetime(moment: datetime) -> str:
    """November 23, 2026, 2:05 PM: the clock where it was, with UTC named since that is nobody's kitchen clock."""
    locale, clock = get_locale(), moment.replace(tzinfo=None)
    date, time = (
        dates.format_date(clock, "long", locale),
        dates.format_time(clock, "short", locale=locale),
    )
    text = str(dates.get_datetime_format("long", locale)).replace("'", "").format(time, date)
    return gettext("%(moment)s UTC", moment=text) if moment.tzinfo is UTC else text


def format_date(day: date) -> str:
    """November 23, 2026."""
    return dates.format_date(day, "long", get_locale())


def from_timestamp(seconds: int) -> datetime:
    """The moment that many seconds after 1970 began, in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def format_exposure(seconds: float) -> str:
    """1/120 s, or 0.4 s from three tenths on, as cameras write them."""
    written = str(Fraction(1, round(1 / seconds))) if 0 < seconds < 0.3 else format_number(seconds)
    return str(gettext("%(time)s s", time=written))


def format_or_list(things: Sequence[str]) -> str:
    """JPEG, PNG, or TIFF."""
    return lists.format_list(things, "or", locale=get_locale())


def format_removed(removed: Iterable[str]) -> str:
    """“Location and camera serial”, or nothing where nothing private was taken out of a file."""
    known = removed_labels()
    words = lists.format_list(
        [known[what] for what in removed if what in known], locale=get_locale()
    )
    return words[:1].upper() + words[1:]


def removed_labels() -> dict[str, str]:
    """What a visitor may have sent without knowing; previews and other metadata are taken out without a word."""
    return {
        "location": gettext("location"),
        "serial": gettext("camera serial"),
        "owner": gettext("owner’s name"),
    }


def init_app(app: Flask) -> None:
    """Give templates the filters."""
    app.jinja_env.filters.update(
        format_or_list=format_or_list,
        format_filesize=format_filesize,
        format_date=format_date,
        day=date.fromisoformat,
        format_datetime=format_datetime,
        from_timestamp=from_timestamp,
        format_exposure=format_exposure,
        format_number=format_number,
        format_removed=format_removed,
        isoformat=datetime.isoformat,
    )


def _written(fact: Value) -> str:
    return fact if isinstance(fact, str) else format_number(fact)
