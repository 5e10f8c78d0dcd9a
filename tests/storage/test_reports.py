"""Open reports of photos.

Covers app.domain.reports.report, app.services.reports.report_store,
app.storage.aws.reports.reports, app.storage.local.sqlite_reports.
"""

import time
from datetime import UTC, datetime, timedelta
from itertools import count

from app.domain.photo_ids import PhotoIdFactory
from app.domain.reports.report import LIFETIME, MAX_OPEN, Report, ReportReason
from tests.backends import Backend

PHOTO, OTHER_PHOTO = (PhotoIdFactory()() for _ in range(2))
new_id = PhotoIdFactory()
numbers = count()


def make_report(
    photo_id: str = PHOTO, created_at: datetime | None = None, text: str = ""
) -> Report:
    return Report(
        report_id=new_id(),
        photo_id=photo_id,
        reason=ReportReason.PERSON,
        text=text or f"On the left\n나 {next(numbers)}",
        created_at=created_at or datetime.now(UTC),
    )


def now() -> int:
    return int(time.time())


def test_a_report_is_open_until_it_is_closed(backend: Backend) -> None:
    """It has the values with which it was added. Closing it twice does no harm."""
    report, other = make_report(), make_report()
    assert backend.reports.add(report)
    assert backend.reports.add(other)
    assert backend.reports.get(report.report_id) == report
    for _ in range(2):
        backend.reports.close([report.report_id])
        assert backend.reports.get(report.report_id) is None
        assert backend.reports.of_photo(PHOTO) == [other.report_id]


def test_pages_have_the_newest_reports_first(backend: Backend) -> None:
    """The last page has no cursor, and the pages together have every report once."""
    reports = [make_report(photo_id) for photo_id in (PHOTO, OTHER_PHOTO, PHOTO, PHOTO)]
    for report in reports:
        backend.reports.add(report)
    first = backend.reports.page(3, now())
    assert first.reports == tuple(reports[:0:-1])
    assert first.older == reports[1].report_id
    last = backend.reports.page(3, now(), before=first.older)
    assert (last.reports, last.older) == ((reports[0],), None)


def test_a_photo_has_a_limited_number_of_reports(backend: Backend) -> None:
    """The limit is that of the photo alone, and a closed report makes room for another one."""
    reports = [make_report() for _ in range(MAX_OPEN)]
    assert all(backend.reports.add(report) for report in reports)
    assert not backend.reports.add(make_report())
    assert backend.reports.add(make_report(OTHER_PHOTO))
    assert sorted(backend.reports.of_photo(PHOTO)) == [report.report_id for report in reports]
    backend.reports.close([reports[7].report_id])
    assert backend.reports.add(make_report())
    assert not backend.reports.add(make_report())
    backend.reports.close(backend.reports.of_photo(PHOTO))
    assert backend.reports.of_photo(PHOTO) == []
    assert len(backend.reports.page(30, now()).reports) == 1


def test_the_same_report_is_stored_once(backend: Backend) -> None:
    """A form that is sent twice makes one report, also if there is no more room."""
    reports = [make_report() for _ in range(MAX_OPEN)]
    for report in (*reports, *reports):
        assert backend.reports.add(make_report(text=report.text))
    assert len(backend.reports.of_photo(PHOTO)) == MAX_OPEN
    assert backend.reports.add(make_report(OTHER_PHOTO, text=reports[0].text))
    assert len(backend.reports.of_photo(OTHER_PHOTO)) == 1


def test_an_expired_report_is_not_shown(backend: Backend) -> None:
    """SQLite deletes it with the next report. DynamoDB deletes it by its `expires_at`."""
    old = make_report(created_at=datetime.now(UTC) - LIFETIME - timedelta(minutes=1))
    backend.reports.add(old)
    assert backend.reports.page(30, now()).reports == ()
    backend.reports.add(make_report())
    if backend.clients is None:
        assert backend.reports.get(old.report_id) is None
        return
    items = backend.clients.dynamodb.scan(TableName="photos-listings")["Items"]
    expiry = [item["expires_at"] for item in items if item["report_id"] == old.report_id]
    assert expiry == [old.expires_at] * 2


def test_a_report_is_no_listing(backend: Backend) -> None:
    """The integrity check does not see reports."""
    backend.reports.add(make_report())
    assert list(backend.catalog.listings()) == []
    assert list(backend.albums.entries()) == []
