"""Reporting a photo.

Covers app.web.pages.reports.report_form.
"""

import re
from html import unescape

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain.photo_text import MAX_REPORT
from app.domain.reports.report import MAX_OPEN, ReportReason
from app.services.factory import Services
from app.web.middleware import rate_limits
from tests.sample_images import jpeg
from tests.visitor import Visitor

LINK = re.compile(r'<a rel="nofollow" href="([^"]*/report[^"]*)"')


@pytest.fixture
def photo(visitor: Visitor) -> str:
    return visitor.add(title="Pier", tags="sea")


def test_everyone_can_report_a_photo(
    visitor: Visitor, stranger: Visitor, photo: str, services: Services
) -> None:
    """The link is on the photo's page, the thanks lead back to it, and the photo stays public."""
    found = LINK.search(stranger.get(f"/photos/{photo}?in=tag:sea").text)
    assert found
    form = unescape(found.group(1))
    answer = stranger.submit(form, reason="person", text=" On the left\r\n나 ")
    assert answer.status_code == 303
    thanks = stranger.get(answer.location).text
    assert f'href="/photos/{photo}?in=tag:sea"' in thanks
    (report,) = services.reports.page(9).page.reports
    assert (report.photo_id, report.reason) == (photo, ReportReason.PERSON)
    assert report.text == "On the left\n나"
    assert Visitor(visitor.app).get(f"/photos/{photo}").status_code == 200


def test_a_report_says_nothing_about_its_sender(
    stranger: Visitor, photo: str, services: Services
) -> None:
    """It has an id, the photo, a reason, a text and a time, and no address."""
    stranger.submit(f"/photos/{photo}/report", reason="private")
    (report,) = services.reports.page(9).page.reports
    names = {"report_id", "photo_id", "reason", "text", "created_at"}
    assert set(report.to_dict()) == names


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"text": "My face"}, "reason"),
        ({"reason": "boredom", "text": "My face"}, "reason"),
        ({"reason": "other", "text": "My face" + "x" * MAX_REPORT}, "text"),
    ],
)
def test_a_wrong_form_is_shown_again(
    stranger: Visitor, photo: str, services: Services, typed: dict[str, str], field: str
) -> None:
    """The typed text is kept, the error leads to the field, and nothing is stored."""
    answer = stranger.submit(f"/photos/{photo}/report", **typed)
    assert answer.status_code == 422
    assert "My face" in answer.text
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}"' in answer.text
    assert services.reports.count() == 0


def test_a_photo_that_strangers_do_not_see_cannot_be_reported(
    visitor: Visitor, stranger: Visitor, photo: str, services: Services
) -> None:
    """It is a 404, as its page is: a hidden photo, one in the trash, and one that never was."""
    form = f"/photos/{photo}/report"
    fields = stranger.fields(form) | {"reason": "other"}
    missing = "/photos/01ARZ3NDEKTSV4RRFFQ69G5FAV/report"
    for verb in ("hide", "delete"):
        visitor.post(f"/photos/{photo}/{verb}", visitor.fields("/upload"))
        for path in (form, missing, "/photos/x/report"):
            assert stranger.get(path).status_code == 404
            assert stranger.post(path, fields).status_code == 404
    assert services.reports.count() == 0


@pytest.mark.parametrize("state", ["public", "unlisted", "private"])
def test_the_link_works_in_every_listing(
    app: Flask,
    admin: Visitor,
    stranger: Visitor,
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
    state: str,
) -> None:
    """For everyone who can open the photo, in every listing from which it can be opened.

    The thanks lead back to the photo.
    """
    monkeypatch.setattr(rate_limits, "_REPORTS", [])
    host, guest = Visitor(app), Visitor(app)
    visibility = "public" if state == "public" else "unlisted"
    settings = {"title": "Party", "visibility": visibility, "contributors": "everyone"}
    album = host.submit("/albums/new", **settings).location
    album_id = album.rpartition("/")[2]
    sent = guest.upload_json(jpeg(90, 60), album=album_id, title="Pier", tags="sea").json
    photo = sent["photos"][0]["photo_id"]
    if state == "private":
        host.post(f"{album}/link/end", host.fields("/upload"))
    assert services.photos.get(photo).state == state
    listings = ["", "uploads", f"album:{album_id}", "tag:sea", "search:pier", "taken", "undated"]
    followed = {
        (viewer, listing)
        for viewer, visitor in {"h": host, "g": guest, "a": admin, "s": stranger}.items()
        for listing in listings
        if follow_report_link(visitor, f"/photos/{photo}?in={listing}")
    }
    assert {("g", "uploads"), ("g", ""), ("h", f"album:{album_id}")} <= followed
    strangers = {listing for viewer, listing in followed if viewer == "s"}
    shown = {"public": set(listings), "unlisted": {f"album:{album_id}"}, "private": set()}
    assert strangers == shown[state]


def follow_report_link(visitor: Visitor, path: str) -> bool:
    """Return whether the visitor can open the page of a photo there, and report the photo."""
    page = visitor.get(path)
    if page.status_code == 404:
        return False
    found = LINK.search(page.text)
    assert found, path
    answer = visitor.submit(unescape(found.group(1)), reason="person", text=path)
    assert answer.status_code == 303, path
    thanks = visitor.get(answer.location).text
    (back,) = re.findall(r'href="(/photos/[^"]*)"', thanks)
    assert visitor.get(unescape(back)).status_code == 200, path
    return True


def test_a_site_without_an_admin_takes_no_reports(config: Config, services: Services) -> None:
    """No one would read them, so no page offers the form."""
    visitor = Visitor(create_app(config, services))
    photo = visitor.add()
    assert not LINK.search(visitor.get(f"/photos/{photo}").text)
    assert visitor.get(f"/photos/{photo}/report").status_code == 404
    fields = visitor.fields("/upload") | {"reason": "other"}
    assert visitor.post(f"/photos/{photo}/report", fields).status_code == 404


def test_another_site_cannot_report(stranger: Visitor, photo: str, services: Services) -> None:
    """A form without the token of the session is refused."""
    assert stranger.post(f"/photos/{photo}/report", {"reason": "other"}).status_code == 400
    assert services.reports.count() == 0


def test_reports_of_one_address_are_limited(app: Flask, photo: str, services: Services) -> None:
    """Wrong forms do not count. The answer says when to try again."""
    (per_minute, *_) = rate_limits._REPORTS
    visitor = Visitor(app)
    form = f"/photos/{photo}/report"
    fields = visitor.fields(form)
    for _ in range(per_minute.amount + 1):
        assert visitor.post(form, fields).status_code == 422
    for number in range(per_minute.amount):
        typed = {"reason": "other", "text": f"Report {number}"}
        assert visitor.post(form, fields | typed).status_code == 303
    refused = visitor.post(form, fields | {"reason": "other", "text": "My face"})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert "My face" in refused.text
    assert services.reports.count() == per_minute.amount


def test_a_photo_has_a_limited_number_of_reports(
    app: Flask, photo: str, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Later reporters are thanked, but nothing is stored: the admin knows already."""
    monkeypatch.setattr(rate_limits, "_REPORTS", [])
    visitor = Visitor(app)
    form = f"/photos/{photo}/report"
    fields = visitor.fields(form) | {"reason": "other"}
    for number in range(MAX_OPEN + 2):
        assert visitor.post(form, fields | {"text": str(number)}).status_code == 303
    assert services.reports.count() == MAX_OPEN


def test_the_pages_are_not_indexed(stranger: Visitor, photo: str) -> None:
    """Nor are the thanks of an address that is no photo shown."""
    for path in (f"/photos/{photo}/report", f"/photos/{photo}/report/thanks"):
        assert '<meta name="robots" content="noindex">' in stranger.get(path).text
    assert stranger.get("/photos/x/report/thanks").status_code == 404
    assert "Disallow: /photos/*/report" in stranger.get("/robots.txt").text
