"""The admin's page of open reports.

Covers app.services.reports.report_service.
"""

import re
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.photo_summary import PhotoState
from app.domain.reports.report import LIFETIME, ReportReason
from app.services.factory import Services
from app.services.reports import report_service
from app.web.pages.reports import open_reports
from tests.backends import Backend
from tests.conftest import services_of
from tests.visitor import Visitor

PAGE = "/admin/reports"


def report(services: Services, photo_id: str, text: str = "") -> None:
    services.reports.report(services.photos.get(photo_id), ReportReason.COPYRIGHT, text)


def texts(admin: Visitor, path: str = PAGE) -> list[str]:
    return re.findall(r'<p class="prose" dir="auto">([^<]*)</p>', admin.get(path).text)


def press(admin: Visitor, verb: str) -> int:
    """Press the first button of this kind, and return the status of the answer."""
    found = re.search(rf'formaction="({PAGE}/\w+/{verb})"', admin.get(PAGE).text)
    assert found
    return admin.post(found.group(1), admin.fields(PAGE)).status_code


def test_only_the_admin_reads_reports(
    visitor: Visitor, stranger: Visitor, services: Services
) -> None:
    """Contributors do not see who finds their photos wrong, and cannot answer."""
    report(services, visitor.add(), "It is mine")
    for other in (visitor, stranger):
        assert other.get(PAGE).location == f"/login?next={PAGE}"
        fields = other.fields("/upload")
        for verb in ("dismiss", "hide", "delete"):
            path = f"{PAGE}/01ARZ3NDEKTSV4RRFFQ69G5FAV/{verb}"
            assert other.post(path, fields).status_code == 403
    assert services.reports.count() == 1


def test_reports_are_shown_newest_first(
    admin: Visitor, visitor: Visitor, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the reason and the photo. Older ones are on the next page."""
    monkeypatch.setattr(open_reports, "PAGE_SIZE", 2)
    photo = visitor.add(title="Pier")
    for number in range(3):
        report(services, photo, f"Report {number} <b>")
    page = admin.get(PAGE).text
    assert texts(admin) == ["Report 2 &lt;b&gt;", "Report 1 &lt;b&gt;"]
    assert f'href="/photos/{photo}"' in page
    assert "without permission of its author" in page
    (older,) = re.findall(r'rel="next" href="([^"]*)"', page)
    assert texts(admin, older) == ["Report 0 &lt;b&gt;"]
    assert admin.get(f"{PAGE}?before=x").status_code == 404


def test_the_navigation_has_the_number_of_reports(
    admin: Visitor, visitor: Visitor, services: Services
) -> None:
    """On every page that has the navigation."""
    pages = ("", "/pending", "/hidden", "/deleted", "/reports", "/tokens", "/status")
    for expected in ("Reports</a>", "Reports (1)</a>"):
        for page in pages:
            assert expected in admin.get(f"/admin{page}").text, page
        report(services, visitor.add())


def test_dismissing_leaves_the_photo_as_it_is(
    admin: Visitor, visitor: Visitor, services: Services
) -> None:
    """The other reports of the photo stay open. Dismissing twice does no harm."""
    photo = visitor.add()
    report(services, photo, "one")
    report(services, photo, "two")
    (path, *_) = re.findall(rf'formaction="({PAGE}/\w+/dismiss)"', admin.get(PAGE).text)
    for _ in range(2):
        assert admin.post(path, admin.fields(PAGE)).status_code == 303
        assert texts(admin) == ["one"]
    assert services.photos.get(photo).state is PhotoState.PUBLIC


@pytest.mark.parametrize(
    ("verb", "state", "undo"),
    [("hide", PhotoState.HIDDEN, "unhide"), ("delete", PhotoState.TRASHED, "restore")],
)
def test_hiding_or_deleting_closes_all_reports_of_the_photo(
    admin: Visitor,
    visitor: Visitor,
    services: Services,
    verb: str,
    state: PhotoState,
    undo: str,
) -> None:
    """Only the admin can undo it. Reports of other photos stay open."""
    other, photo = visitor.add(), visitor.add()
    report(services, other, "another photo")
    report(services, photo, "one")
    report(services, photo, "two")
    assert press(admin, verb) == 303
    assert services.photos.get_any_state(photo).state is state
    assert texts(admin) == ["another photo"]
    assert visitor.post(f"/photos/{photo}/{undo}", visitor.fields("/upload")).status_code == 403
    assert admin.post(f"/photos/{photo}/{undo}", admin.fields(PAGE)).status_code == 303
    assert services.photos.get(photo).state is PhotoState.PUBLIC


def test_a_report_that_is_closed_changes_no_photo(
    admin: Visitor, visitor: Visitor, services: Services
) -> None:
    """Another tab has answered it already."""
    photo = visitor.add()
    report(services, photo)
    paths = re.findall(rf'formaction="({PAGE}/\w+/\w+)"', admin.get(PAGE).text)
    press(admin, "dismiss")
    for path in paths:
        expected = 303 if path.endswith("dismiss") else 404
        assert admin.post(path, admin.fields(PAGE)).status_code == expected
    assert services.photos.get(photo).state is PhotoState.PUBLIC


def test_the_owner_may_have_hidden_or_deleted_the_photo(
    admin: Visitor, visitor: Visitor, services: Services
) -> None:
    """The report says so, stays open, and offers only what can still be done."""
    photo = visitor.add()
    report(services, photo)
    for verb, shown, verbs in (
        ("hide", "Hidden", {"dismiss", "delete"}),
        ("delete", "Deleted", {"dismiss"}),
    ):
        visitor.post(f"/photos/{photo}/{verb}", visitor.fields("/upload"))
        page = admin.get(PAGE).text
        assert f"· {shown}" in page
        assert set(re.findall(rf'formaction="{PAGE}/\w+/(\w+)"', page)) == verbs


def test_reports_of_a_purged_photo_are_deleted(
    admin: Visitor, visitor: Visitor, services: Services, backend: Backend
) -> None:
    """Also on AWS, where the record expires without the site."""
    photo, other = visitor.add(), visitor.add()
    report(services, photo, "gone")
    report(services, other, "here")
    visitor.submit(f"/photos/{photo}/delete")
    visitor.submit(f"/photos/{photo}/purge")
    assert texts(admin) == ["here"]
    assert backend.reports.of_photo(photo) == []
    assert "Reports (1)" in admin.get("/admin").text


def test_a_report_expires(admin: Visitor, visitor: Visitor, backend: Backend) -> None:
    """After 90 days it is neither shown nor counted."""
    config = visitor.app.extensions["shoebox"].config
    past = datetime.now(UTC) - LIFETIME - timedelta(minutes=1)
    report(services_of(backend, config, now=lambda: past), visitor.add(), "old")
    assert texts(admin) == []
    assert "Reports</a>" in admin.get(PAGE).text


def test_the_number_of_reports_is_bounded(
    visitor: Visitor, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_service, "MAX_COUNTED", 2)
    photo = visitor.add()
    for number in range(3):
        report(services, photo, str(number))
    assert services.reports.count() == 2
