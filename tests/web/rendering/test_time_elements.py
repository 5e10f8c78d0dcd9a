"""Moments on pages, in the time zone of the site."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from app import create_app
from app.config import Config
from app.services.factory import Services
from app.web.rendering.time_elements import date_element, format_moment, time_element
from tests.sample_images import jpeg, phone_exif
from tests.visitor import Visitor

MOMENT = datetime(2026, 11, 13, 15, 30, tzinfo=UTC)


def test_moments_are_in_the_time_zone_of_the_site(config: Config, services: Services) -> None:
    """Without a script a visitor reads the zone; a script reads the moment."""
    site = create_app(replace(config, timezone=ZoneInfo("Asia/Seoul")), services)
    with site.test_request_context("/"):
        assert re.fullmatch(r"November 14, 2026, 12:30\sAM KST", format_moment(MOMENT))
        tag = '<time datetime="2026-11-13T15:30:00+00:00" data-style="dateStyle, timeStyle">'
        assert time_element(MOMENT).startswith(f"{tag}November 14")
        assert date_element(MOMENT).endswith('data-style="dateStyle">November 14, 2026</time>')


def test_a_text_that_is_kept_is_that_of_its_zone_and_language(
    config: Config, services: Services
) -> None:
    """One process shows a moment in several zones and languages, in any order, and again."""
    zones = (ZoneInfo("Asia/Seoul"), ZoneInfo("America/New_York"))
    sites = [create_app(replace(config, timezone=zone), services) for zone in zones]
    for _ in range(2):
        for site, day in zip(sites, (14, 13), strict=True):
            for language, text in (
                ("en", f"November {day}, 2026"),
                ("de", f"{day}. November 2026"),
            ):
                with site.test_request_context("/", headers={"Accept-Language": language}):
                    assert date_element(MOMENT).endswith(f">{text}</time>")
                    assert format_moment(MOMENT).startswith(text)


def test_the_time_of_the_camera_is_not_converted(config: Config, services: Services) -> None:
    """It is the local time where the photo was taken, in every time zone of the site."""
    site = create_app(replace(config, timezone=ZoneInfo("America/New_York")), services)
    visitor = Visitor(site)
    photo = visitor.upload(jpeg(exif=phone_exif())).location  # at 18:30 in Asia
    page = visitor.get(photo).text
    assert re.search(r"August 15, 2026, 6:30\sPM\s*</time>", page)
    assert 'datetime="2026-08-15T18:30:05+09:00" data-style' not in page
