"""Revising: the record and its listings change together, or not at all.

Covers app.domain.catalog_diff.
"""

import pytest

from app.domain import object_keys
from app.domain.errors import AlreadyPublished, EditConflict, PhotoNotFound
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.domain.tags import clean_tags
from app.services.ports import Catalog
from tests.backends import Backend, make_photo
from tests.storage.conftest import publish_all
from tests.storage.test_catalog_publish import everything, ids_of

EXPIRY = 1_900_000_000


def counts(catalog: Catalog) -> dict[str, int]:
    return {tag.tag: tag.count for tag in catalog.tag_counts()}


def trashed(photo: Photo) -> Photo:
    return photo.next_version(state=PhotoState.TRASHED, expires_at=EXPIRY)


def restored(photo: Photo) -> Photo:
    return photo.next_version(state=PhotoState.PUBLIC, expires_at=None)


def test_a_revised_photo_is_relisted(catalog: Catalog) -> None:
    """The record and all of its listings change at once."""
    photo = make_photo(tags=("sea", "dusk"))
    catalog.publish(photo)
    after = photo.next_version(title="Pier 7", alt="A pier.", tags=("dusk", "pier"))
    catalog.update(photo, after)
    assert catalog.get(photo.photo_id) == after
    assert set(catalog.listings()) == set(catalog.entries_of(after))
    assert catalog.page("tag:sea", 5).summaries == ()
    assert counts(catalog) == {"dusk": 1, "pier": 1}


def test_a_stale_edit_is_a_conflict(catalog: Catalog) -> None:
    """An edit of an older version raises EditConflict and changes nothing."""
    photo = make_photo(tags=("sea",))
    catalog.publish(photo)
    catalog.update(photo, photo.next_version(title="First", tags=("first",)))
    before = everything(catalog)
    with pytest.raises(EditConflict) as error:
        catalog.update(photo, photo.next_version(title="Second", tags=("second",)))
    assert error.value.photo_id == photo.photo_id
    assert everything(catalog) == before


def test_an_edit_of_a_photo_that_is_gone_is_a_conflict(catalog: Catalog) -> None:
    """Saving an old form does not restore a photo."""
    photo = make_photo(tags=("sea",))
    with pytest.raises(EditConflict):
        catalog.update(photo, photo.next_version(title="Late"))
    assert everything(catalog) == ([], [], (), [])


def test_an_edit_and_a_withdrawal_don_t_mix(catalog: Catalog) -> None:
    """A form saved after its photo was trashed is a conflict: the photo stays unlisted."""
    photo = make_photo()
    catalog.publish(photo)
    catalog.update(photo, trashed(photo))
    with pytest.raises(EditConflict):
        catalog.update(photo, photo.next_version(title="Late"))
    assert catalog.page(object_keys.PUBLIC_LISTING, 5).summaries == ()


def test_delete_and_restore(catalog: Catalog) -> None:
    """A trashed photo is only in the trash listings. Restored, it is where it was."""
    photo, other = make_photo(tags=("sea",), owner="ada"), make_photo(tags=("sea",))
    catalog.publish(photo)
    catalog.publish(other)
    bin_ = trashed(photo)
    catalog.update(photo, bin_)
    listed = {
        listing.listing: listing.summary
        for listing in catalog.listings()
        if listing.photo_id == photo.photo_id
    }
    assert listed == {"trash": bin_.summary, "trash:ada": bin_.summary}
    assert bin_.summary.expires_at == EXPIRY
    assert (catalog.get(photo.photo_id), counts(catalog)) == (bin_, {"sea": 1})
    back = restored(bin_)
    catalog.update(bin_, back)
    assert (catalog.get(photo.photo_id), counts(catalog)) == (back, {"sea": 2})
    assert ids_of(catalog.page(object_keys.PUBLIC_LISTING, 5)) == [other.photo_id, photo.photo_id]
    assert set(catalog.listings()) == {*catalog.entries_of(back), *catalog.entries_of(other)}


def test_a_trashed_photo_frees_its_upload(catalog: Catalog) -> None:
    """After its photo was trashed, the same form makes a new photo."""
    first, second = make_photo(idempotency_key="form"), make_photo(idempotency_key="form")
    catalog.publish(first)
    catalog.update(first, trashed(first))
    catalog.publish(second)
    with pytest.raises(AlreadyPublished) as error:
        catalog.publish(make_photo(idempotency_key="form"))
    assert error.value.photo_id == second.photo_id


def test_a_restored_photo_has_its_upload_again(catalog: Catalog) -> None:
    """After a restore the same form names the restored photo and makes no new one."""
    photo = make_photo(idempotency_key="form")
    catalog.publish(photo)
    bin_ = trashed(photo)
    catalog.update(photo, bin_)
    catalog.update(bin_, restored(bin_))
    with pytest.raises(AlreadyPublished) as error:
        catalog.publish(make_photo(idempotency_key="form"))
    assert error.value.photo_id == photo.photo_id


def test_two_photos_of_one_upload_live_side_by_side(catalog: Catalog) -> None:
    """A restored photo leaves the idempotency key to the photo made since."""
    first, second = make_photo(idempotency_key="form"), make_photo(idempotency_key="form")
    catalog.publish(first)
    catalog.update(first, bin_ := trashed(first))
    catalog.publish(second)
    catalog.update(bin_, back := restored(bin_))
    assert ids_of(catalog.page(object_keys.PUBLIC_LISTING, 5)) == [second.photo_id, first.photo_id]
    catalog.update(back, trashed(back))
    with pytest.raises(AlreadyPublished) as error:
        catalog.publish(make_photo(idempotency_key="form"))
    assert error.value.photo_id == second.photo_id


def test_restoring_beside_a_later_photo_still_notices_a_conflict(catalog: Catalog) -> None:
    """A stale restore is a conflict also where the upload has made another photo since."""
    first = make_photo(idempotency_key="form")
    catalog.publish(first)
    catalog.update(first, bin_ := trashed(first))
    catalog.publish(make_photo(idempotency_key="form"))
    catalog.update(bin_, restored(bin_))
    before = everything(catalog)
    with pytest.raises(EditConflict):
        catalog.update(bin_, restored(bin_))
    assert everything(catalog) == before


def test_hiding_and_showing(catalog: Catalog) -> None:
    """A hidden photo leaves the public listings and counts for no tag, and comes back to both."""
    photo = make_photo(tags=("sea",), owner="ada")
    catalog.publish(photo)
    hidden = photo.next_version(state=PhotoState.HIDDEN)
    catalog.update(photo, hidden)
    assert {listing.listing for listing in catalog.listings()} == {
        "hidden",
        "owner:ada",
        object_keys.duplicates_listing(photo.sha256),
    }
    assert catalog.page("owner:ada", 5).summaries[0].state is PhotoState.HIDDEN
    assert counts(catalog) == {}
    catalog.update(hidden, hidden.next_version(state=PhotoState.PUBLIC))
    assert counts(catalog) == {"sea": 1}


def test_tags_are_what_people_mean(catalog: Catalog) -> None:
    """Tags that differ only in case or composition are one tag, in every script."""
    catalog.publish(make_photo(tags=clean_tags("바다, café, Ocean Beach")))
    catalog.publish(
        make_photo(tags=clean_tags("바다, CAFE\u0301, ocean  beach"))
    )  # Hangul as jamo, é as two
    assert counts(catalog) == {"바다": 2, "café": 2, "ocean beach": 2}
    for tag in counts(catalog):
        assert len(catalog.page(object_keys.tag_listing(tag), 5).summaries) == 2


def test_tags_come_by_name(catalog: Catalog) -> None:
    """The tag index is sorted by code point in both backends."""
    tags = ("zebra", "apple", "Ä".lower(), "바다", "10", "a b", "a", "\U0001f4f7", "\uff41")
    catalog.publish(make_photo(tags=tags))
    assert [tag.tag for tag in catalog.tag_counts()] == sorted(tags)


def test_tag_counts_go_up_and_down(catalog: Catalog) -> None:
    """A tag counts public photos. A tag without public photos disappears."""
    photos = [make_photo(tags=("sea",)) for _ in range(3)]
    for photo in photos:
        catalog.publish(photo)
    assert counts(catalog) == {"sea": 3}
    edited = photos[0].next_version(tags=("land",))
    catalog.update(photos[0], edited)
    assert counts(catalog) == {"land": 1, "sea": 2}
    catalog.update(edited, edited.next_version(tags=("land",), title="Same tags"))
    assert counts(catalog) == {"land": 1, "sea": 2}
    bins = [trashed(photo) for photo in photos[1:]]
    for photo, bin_ in zip(photos[1:], bins, strict=True):
        catalog.update(photo, bin_)
    assert counts(catalog) == {"land": 1}
    catalog.update(bins[0], restored(bins[0]))
    assert counts(catalog) == {"land": 1, "sea": 1}


def test_the_trash_is_emptied_of_what_has_expired(catalog: Catalog) -> None:
    """`expired` yields the photos trashed before `now`, and `delete` leaves no listing."""
    photos = [make_photo() for _ in range(4)]
    for photo in photos:
        catalog.publish(photo)
    for photo, expiry in zip(photos, (100, 200, 300), strict=False):
        catalog.update(photo, photo.next_version(state=PhotoState.TRASHED, expires_at=expiry))
    assert {photo.photo_id for photo in catalog.expired(200)} == {photos[0].photo_id}
    for photo in catalog.expired(201):
        catalog.delete(photo)
    assert [
        summary.photo_id for summary in catalog.page(object_keys.TRASH_LISTING, 5).summaries
    ] == [photos[2].photo_id]
    assert {photo.photo_id for photo in catalog.photos()} == {
        photos[2].photo_id,
        photos[3].photo_id,
    }
    with pytest.raises(PhotoNotFound):
        catalog.get(photos[0].photo_id)


def test_a_restored_photo_is_not_deleted(catalog: Catalog) -> None:
    """Deleting an old version raises EditConflict and deletes nothing."""
    photo = make_photo()
    catalog.publish(photo)
    catalog.update(photo, bin_ := trashed(photo))
    catalog.update(bin_, back := restored(bin_))
    with pytest.raises(EditConflict) as error:
        catalog.delete(bin_)
    assert error.value.photo_id == photo.photo_id
    assert catalog.get(photo.photo_id) == back


def test_photos_and_listings_yield_everything(backend: Backend) -> None:
    """`photos` and `listings` yield every record and entry once, and nothing else."""
    photos = [make_photo(tags=("sea", "dusk")) for _ in range(30)]
    publish_all(backend, photos)
    assert sorted(photo.photo_id for photo in backend.catalog.photos()) == [
        photo.photo_id for photo in photos
    ]
    expected = [entry for photo in photos for entry in backend.catalog.entries_of(photo)]
    listed = list(backend.catalog.listings())
    assert (len(listed), set(listed)) == (len(expected), set(expected))
