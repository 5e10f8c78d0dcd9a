"""Times in the time zone of the site."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from app import create_app
from app.config import Config
from app.services.factory import Services
from app.web.rendering.local_time import to_local_time


def test_times_are_in_the_time_zone_of_the_site(config: Config, services: Services) -> None:
    """A photo that is added in the evening in Seoul belongs to that day."""
    site = create_app(replace(config, timezone=ZoneInfo("Asia/Seoul")), services)
    moment = datetime(2026, 11, 13, 15, 30, tzinfo=UTC)
    with site.app_context():
        assert to_local_time(moment).isoformat() == "2026-11-14T00:30:00+09:00"


def test_times_are_in_utc_by_default(config: Config, services: Services) -> None:
    """Without the setting no time changes."""
    moment = datetime(2026, 11, 13, 15, 30, tzinfo=UTC)
    with create_app(config, services).app_context():
        assert to_local_time(moment) == moment
