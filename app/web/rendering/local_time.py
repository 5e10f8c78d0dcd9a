"""Convert times to the time zone of the site, the setting `TIMEZONE`."""

from datetime import datetime

from app.web.context import app_context


def to_local_time(moment: datetime) -> datetime:
    """Return the same moment in the time zone of the site.

    Args:
        moment: A time that knows its time zone.
    """
    return moment.astimezone(app_context().config.timezone)
