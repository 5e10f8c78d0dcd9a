"""The counters of used storage, as photos are published, changed and deleted.

Covers app.domain.usage, app.storage.aws.dynamodb_counters, app.storage.local.sqlite_counters.
"""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from app.domain import usage
from app.domain.errors import AlreadyPublished, EditConflict
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.domain.usage import Usage
from app.services.ports import Catalog
from tests.backends import make_photo

DAY = date(2026, 7, 1)
NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
EXPIRY = datetime(2026, 7, 31, 12, 0, tzinfo=UTC)


def photo_of(owner: str, size: int, uploaded_at: datetime = NOON) -> Photo:
    return make_photo(owner=owner, bytes=size, uploaded_at=uploaded_at)


def trashed(photo: Photo) -> Photo:
    return photo.next_version(state=PhotoState.TRASHED, expires_at=int(EXPIRY.timestamp()))


def kept(catalog: Catalog, counter: str) -> tuple[int, int]:
    found = catalog.usage((counter, counter), 1)
    return (found[0].photos, found[0].bytes) if found else (0, 0)


def in_trash(catalog: Catalog, counter: str, today: date = DAY) -> list[tuple[int, int]]:
    return [
        (found.photos, found.bytes)
        for found in catalog.usage(usage.trash_counters(counter, today), 40)
    ]


def test_photos_count_for_the_site_their_contributor_and_their_day(catalog: Catalog) -> None:
    """Each counter has its photos and the bytes of their originals, at once."""
    for photo in (
        photo_of("ada", 10),
        photo_of("ada", 20),
        photo_of("bob", 5, datetime(2026, 7, 2, tzinfo=UTC)),
    ):
        catalog.publish(photo)
    assert kept(catalog, usage.SITE) == (3, 35)
    assert catalog.usage(usage.OWNERS, 10) == (Usage("owner:bob", 1, 5), Usage("owner:ada", 2, 30))
    assert catalog.usage(usage.DAYS, 10) == (
        Usage("day:2026-07-02", 1, 5),
        Usage("day:2026-07-01", 2, 30),
    )
    assert [day.name for day in catalog.usage(usage.DAYS, 1)] == ["2026-07-02"]


@pytest.mark.parametrize("state", [PhotoState.PUBLIC, PhotoState.HIDDEN])
def test_what_takes_no_more_storage_counts_no_more(catalog: Catalog, state: PhotoState) -> None:
    """An edit and hiding change no counter of the storage used."""
    photo = photo_of("ada", 10)
    catalog.publish(photo)
    before = storage_counters(catalog)
    catalog.update(photo, photo.next_version(title="New", tags=("sea",), state=state))
    assert storage_counters(catalog) == before
    assert kept(catalog, "owner:ada") == kept(catalog, usage.SITE) == (1, 10)


def storage_counters(catalog: Catalog) -> list[str]:
    counters = sorted(found.counter for found in catalog.usage_counters())
    return [counter for counter in counters if not usage.is_of_archive(counter)]


def test_public_photos_are_counted_by_month(catalog: Catalog) -> None:
    """Hidden photos are not, and another date moves the photo to another month."""
    dates = map(datetime.fromisoformat, ("2026-11-05", "2026-11-30T23:59:59", "1974-06-01"))
    photos = [replace(photo_of("ada", 10), taken_at=taken_at) for taken_at in (*dates, None)]
    for photo in photos:
        catalog.publish(photo)
    assert months(catalog) == {"unknown": 1, "2026-11": 2, "1974-06": 1}
    catalog.update(photos[0], photos[0].next_version(state=PhotoState.HIDDEN))
    catalog.update(photos[2], photos[2].next_version(taken_at=None))
    assert months(catalog) == {"unknown": 2, "2026-11": 1}


def months(catalog: Catalog) -> dict[str, int]:
    return {found.name: found.photos for found in catalog.usage(usage.MONTHS, 100)}


def test_a_deleted_photo_counts_for_the_trash_until_it_expires(catalog: Catalog) -> None:
    """A deleted photo moves to the trash counters until it expires or is restored."""
    photo = photo_of("ada", 10)
    catalog.publish(photo)
    catalog.publish(photo_of("ada", 1))
    catalog.update(photo, bin_ := trashed(photo))
    for counter in (usage.SITE, "owner:ada", "day:2026-07-01"):
        assert kept(catalog, counter) == (1, 1)
    for counter in (usage.SITE, "owner:ada"):
        assert in_trash(catalog, counter, EXPIRY.date()) == [(1, 10)]
        assert in_trash(catalog, counter, date(2026, 8, 1)) == []
    catalog.update(bin_, bin_.next_version(state=PhotoState.PUBLIC, expires_at=None))
    for counter in (usage.SITE, "owner:ada", "day:2026-07-01"):
        assert (kept(catalog, counter), in_trash(catalog, counter)) == ((2, 11), [])


def test_one_contributor_s_trash_is_no_other_s(catalog: Catalog) -> None:
    """The trash of an counter is found by its whole name."""
    for photo in (photo_of("ad", 1), photo_of("ada", 10)):
        catalog.publish(photo)
        catalog.update(photo, trashed(photo))
    assert (in_trash(catalog, "owner:ad"), in_trash(catalog, "owner:ada")) == ([(1, 1)], [(1, 10)])


def test_a_photo_that_is_gone_counts_nowhere(catalog: Catalog) -> None:
    """With the last record of a counter, the counter goes."""
    photo = photo_of("ada", 10)
    catalog.publish(photo)
    catalog.update(photo, bin_ := trashed(photo))
    catalog.delete(bin_)
    assert list(catalog.usage_counters()) == []


def test_empty_counters_take_no_place_of_others(catalog: Catalog) -> None:
    """A table of the last days has those days that have photos."""
    photos = [photo_of("ada", 10, datetime(2026, 7, day, tzinfo=UTC)) for day in range(1, 6)]
    for photo in photos:
        catalog.publish(photo)
    for photo in photos[1:]:
        catalog.update(photo, trashed(photo))
    assert [day.name for day in catalog.usage(usage.DAYS, 3)] == ["2026-07-01"]


def test_an_imported_photo_is_counted(catalog: Catalog) -> None:
    """Rebuilding a lost catalog counts every photo, the trash included."""
    for photo in (photo_of("ada", 10), trashed(photo_of("ada", 20))):
        catalog.import_photo(photo)
    assert (kept(catalog, "owner:ada"), in_trash(catalog, "owner:ada")) == ((1, 10), [(1, 20)])


def test_a_refused_change_counts_nothing(catalog: Catalog) -> None:
    """A photo that was not published, or an edit that conflicted, changes no counter."""
    photo = photo_of("ada", 10)
    catalog.publish(photo)
    before = list(catalog.usage_counters())
    for refused in (lambda: catalog.publish(photo), lambda: catalog.update(trashed(photo), photo)):
        with pytest.raises((AlreadyPublished, EditConflict)):
            refused()
    assert list(catalog.usage_counters()) == before


def test_an_account_is_set_right(catalog: Catalog) -> None:
    """A counter is set only if it still has the expected value."""
    catalog.publish(photo_of("ada", 10))
    assert catalog.compare_and_set_usage(Usage(usage.SITE, 1, 10), Usage(usage.SITE, 7, 70))
    assert catalog.compare_and_set_usage(Usage("owner:bob"), Usage("owner:bob", 2, 3))
    assert not catalog.compare_and_set_usage(Usage(usage.SITE, 1, 10), Usage(usage.SITE, 9, 9))
    assert not catalog.compare_and_set_usage(Usage(usage.SITE, 7, 71), Usage(usage.SITE, 9, 9))
    assert not catalog.compare_and_set_usage(Usage("owner:eve", 1, 1), Usage("owner:eve"))
    assert (kept(catalog, usage.SITE), kept(catalog, "owner:bob"), kept(catalog, "owner:eve")) == (
        (7, 70),
        (2, 3),
        (0, 0),
    )
    assert catalog.compare_and_set_usage(Usage("owner:bob", 2, 3), Usage("owner:bob"))
    assert "owner:bob" not in {found.counter for found in catalog.usage_counters()}


def test_an_account_below_nothing_is_set_right(catalog: Catalog) -> None:
    """Pages show a negative counter as empty, and a repair sees and sets its real number."""
    photo = photo_of("ada", 10)
    catalog.publish(photo)
    catalog.compare_and_set_usage(Usage("owner:ada", 1, 10), Usage("owner:ada"))
    catalog.update(photo, trashed(photo))
    below = Usage("owner:ada", -1, -10)
    assert catalog.usage(usage.OWNERS, 10) == ()
    assert below in catalog.usage_counters()
    assert not catalog.compare_and_set_usage(Usage("owner:ada"), Usage("owner:ada", 3, 30))
    assert catalog.compare_and_set_usage(below, Usage("owner:ada", 3, 30))
    assert kept(catalog, "owner:ada") == (3, 30)


def test_a_great_many_bytes(catalog: Catalog) -> None:
    """Accounts hold more than a machine word of 32 bits, exactly."""
    catalog.publish(photo_of("ada", 2**45))
    catalog.publish(photo_of("ada", 1))
    assert kept(catalog, "owner:ada") == (2, 2**45 + 1)
