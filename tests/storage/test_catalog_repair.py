"""Import photos, and correct listings and counters."""

from dataclasses import replace
from datetime import datetime

import pytest

from app.domain import object_keys
from app.domain.errors import AlreadyPublished, EditConflict
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.domain.tags import TagCount
from app.services.ports import Catalog
from tests.backends import make_photo
from tests.storage.test_catalog_publish import everything, ids_of

TAKEN_AT = datetime.fromisoformat("2026-11-05T14:03:07")


def states() -> list[Photo]:
    photo = make_photo(tags=("sea",), version=7, taken_at=TAKEN_AT)
    return [
        photo,
        photo.next_version(state=PhotoState.HIDDEN),
        photo.next_version(state=PhotoState.TRASHED, expires_at=1_900_000_000),
    ]


@pytest.mark.parametrize("photo", states(), ids=lambda photo: photo.state.value)
def test_an_adopted_photo_is_as_it_was(catalog: Catalog, photo: Photo) -> None:
    """In whatever state and at whatever version, it is listed and counted as its record says."""
    catalog.import_photo(photo)
    assert catalog.get(photo.photo_id) == photo
    assert set(catalog.listings()) == set(catalog.entries_of(photo))
    assert tuple(catalog.tag_counts()) == tuple(TagCount(tag, 1) for tag in photo.counted_tags)


def test_what_has_a_record_is_not_adopted(catalog: Catalog) -> None:
    """A record that is there stays as it is."""
    photo = make_photo(tags=("sea",))
    catalog.publish(photo)
    before = everything(catalog)
    with pytest.raises(AlreadyPublished) as error:
        catalog.import_photo(photo.next_version(title="Newer"))
    assert error.value.photo_id == photo.photo_id
    assert everything(catalog) == before


def test_an_adopted_photo_takes_its_upload_back(catalog: Catalog) -> None:
    """An imported photo gets its idempotency key, unless it is in the trash."""
    photo = make_photo(idempotency_key="form")
    catalog.import_photo(make_photo(idempotency_key="form", state=PhotoState.TRASHED, expires_at=1))
    catalog.import_photo(photo)
    with pytest.raises(AlreadyPublished) as error:
        catalog.publish(make_photo(idempotency_key="form"))
    assert error.value.photo_id == photo.photo_id


def test_two_photos_of_one_upload_are_both_adopted(catalog: Catalog) -> None:
    """Of two imported photos with one idempotency key, the first keeps it."""
    first, second = make_photo(idempotency_key="form"), make_photo(idempotency_key="form")
    catalog.import_photo(first)
    catalog.import_photo(second)
    assert ids_of(catalog.page(object_keys.PUBLIC_LISTING, 5)) == [second.photo_id, first.photo_id]
    with pytest.raises(AlreadyPublished) as error:
        catalog.publish(make_photo(idempotency_key="form"))
    assert error.value.photo_id == first.photo_id


def test_sync_listings_corrects_any_drift(catalog: Catalog) -> None:
    """Listings with wrong or missing entries are corrected. Other listings stay."""
    photo, other = (
        make_photo(tags=tags, taken_at=TAKEN_AT) for tags in (("sea", "dusk"), ("land",))
    )
    catalog.publish(photo)
    catalog.publish(other)
    sound = everything(catalog)
    changes = {"tags": ("dusk", "land"), "taken_at": datetime.fromisoformat("2026-11-04")}
    drifted = replace(photo, title="Not so", **changes)
    catalog.sync_listings(photo.photo_id, drifted, {*photo.entry_keys, *drifted.entry_keys})
    assert everything(catalog) != sound
    catalog.sync_listings(photo.photo_id, photo, {*photo.entry_keys, *drifted.entry_keys})
    assert everything(catalog) == sound


def test_sync_listings_conflicts_with_a_concurrent_edit(catalog: Catalog) -> None:
    """When the photo has been edited since it was looked at, nothing changes."""
    photo = make_photo()
    catalog.publish(photo)
    catalog.update(photo, photo.next_version(title="Newer"))
    before = everything(catalog)
    for seen in (photo, None):
        with pytest.raises(EditConflict):
            catalog.sync_listings(photo.photo_id, seen, photo.entry_keys)
    assert everything(catalog) == before


def test_listings_of_no_photo_are_removed(catalog: Catalog) -> None:
    """More listings than one transaction takes, whose photo has no record, no longer show it."""
    photo = make_photo(tags=tuple(f"tag {n}" for n in range(110)), taken_at=TAKEN_AT)
    catalog.publish(make_photo(photo_id=photo.photo_id, taken_at=TAKEN_AT))
    for some in (photo.entry_keys[:60], photo.entry_keys[60:]):
        catalog.sync_listings(photo.photo_id, photo, some)
    catalog.delete(
        replace(photo, state=PhotoState.TRASHED)
    )  # as a record is lost: only the trash lists it no more
    catalog.sync_listings(photo.photo_id, None, photo.entry_keys)
    assert list(catalog.listings()) == []


def test_an_entry_that_outlasts_its_photo_is_removed(catalog: Catalog) -> None:
    """An entry that the record does not name is left when the photo is deleted, or it is not."""
    photo, other = make_photo(taken_at=TAKEN_AT), make_photo(taken_at=TAKEN_AT)
    catalog.publish(photo)
    catalog.publish(other)
    drifted = replace(photo, taken_at=datetime.fromisoformat("1974-06-01T12:00:00"))
    catalog.sync_listings(photo.photo_id, drifted, drifted.ordered_entries)
    trashed = photo.next_version(state=PhotoState.TRASHED, expires_at=1)
    catalog.update(photo, trashed)
    catalog.delete(trashed)
    left = [entry.key for entry in catalog.listings() if entry.photo_id == photo.photo_id]
    assert set(left) <= set(drifted.ordered_entries)
    assert [entry.key for entry in catalog.find_entries(left)] == left
    catalog.sync_listings(photo.photo_id, None, left)
    assert {entry.photo_id for entry in catalog.listings()} == {other.photo_id}


def test_a_count_is_set_right(catalog: Catalog) -> None:
    """A count is set only if it still has the expected value."""
    catalog.publish(make_photo(tags=("sea",)))
    assert catalog.compare_and_set_tag_count("sea", 1, 5)
    assert catalog.compare_and_set_tag_count("dusk", 0, 2)
    assert not catalog.compare_and_set_tag_count("sea", 1, 9)
    assert not catalog.compare_and_set_tag_count("land", 3, 9)
    assert tuple(catalog.tag_counts()) == (TagCount("dusk", 2), TagCount("sea", 5))
    assert catalog.compare_and_set_tag_count("dusk", 2, 0)
    assert tuple(catalog.tag_counts()) == (TagCount("sea", 5),)


def test_a_count_below_nothing_is_set_right(catalog: Catalog) -> None:
    """A negative count counts as 0."""
    photo = make_photo(tags=("sea",))
    catalog.publish(photo)
    catalog.compare_and_set_tag_count("sea", 1, 0)
    catalog.update(photo, photo.next_version(tags=()))
    assert tuple(catalog.tag_counts()) == ()
    assert catalog.compare_and_set_tag_count("sea", 0, 3)
    assert tuple(catalog.tag_counts()) == (TagCount("sea", 3),)
