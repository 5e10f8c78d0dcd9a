"""Publishing: once, whole, and seen at once."""

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from app.domain import object_keys
from app.domain.errors import AlreadyPublished, PhotoNotFound
from app.domain.image.camera_info import CameraInfo
from app.domain.image.credit import Credit
from app.domain.pages import Page
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.domain.tags import TagCount
from app.services.ports import Catalog
from tests.backends import make_photo


def ids_of(page: Page) -> list[str]:
    return [summary.photo_id for summary in page.summaries]


def everything(catalog: Catalog) -> tuple[object, ...]:
    """All that a catalog holds, to see that nothing has changed."""
    photos = sorted(catalog.photos(), key=lambda photo: photo.photo_id)
    listings = sorted(catalog.listings(), key=lambda listing: (listing.listing, listing.photo_id))
    counters = sorted(catalog.usage_counters(), key=lambda usage: usage.counter)
    return (
        photos,
        listings,
        tuple(catalog.tag_counts()),
        [counter for counter in counters if counter.photos or counter.bytes],
    )


def test_what_is_published_is_read_at_once(catalog: Catalog) -> None:
    """The next call finds the record, and the summary in exactly its listings."""
    credit = Credit(creator="Ada", license_url="https://creativecommons.org/licenses/by/4.0/")
    photo = make_photo(tags=("sea", "dusk"), owner="ada", sha256="abc", credit=credit)
    assert photo.summary.rights == "Ada · CC BY 4.0"
    catalog.publish(photo)
    assert catalog.get(photo.photo_id) == photo
    for listing in (
        object_keys.PUBLIC_LISTING,
        "owner:ada",
        "duplicates:abc",
        "tag:sea",
        "tag:dusk",
    ):
        assert catalog.page(listing, 5) == Page((photo.summary,), None, None)
    assert catalog.page("tag:night", 5) == Page((), None, None)
    assert set(catalog.listings()) == set(catalog.entries_of(photo))


@pytest.mark.parametrize(
    "photo",
    [
        make_photo(),
        make_photo(
            title="Ünïcödé 사진 📷",
            description='Two\nlines, "quotes", a \\ and a \x85',
            alt="الميناء عند الغروب",
            tags=("바다", "café", "new york", "a#b"),
            taken_at=datetime(2026, 2, 28, 23, 59, 59),  # noqa: DTZ001  no UTC offset
            camera=CameraInfo(
                make="Canon", model="R5", lens="50mm", focal_length=50.1, aperture=1.8, iso=100
            ),
        ),
        make_photo(
            taken_at=datetime(
                2026, 7, 1, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=5, minutes=45))
            ),
            uploaded_at=datetime(2026, 7, 1, 6, 15, 0, 1000, tzinfo=UTC),
            camera=CameraInfo(
                aperture=0.1 + 0.2, exposure_time=1 / 8000, focal_length=sys.float_info.epsilon
            ),
        ),
        make_photo(
            widths=(77,),
            width=77,
            height=1,
            content_type="image/png",
            bytes=2**40,
            state=PhotoState.HIDDEN,
        ),
        make_photo(camera=CameraInfo(exposure_time=30.0, focal_length=4.0, iso=3_280_000)),
    ],
    ids=["plain", "words", "dates and fractions", "small and hidden", "whole floats"],
)
def test_a_photo_comes_back_as_it_went_in(catalog: Catalog, photo: Photo) -> None:
    """Every field survives the backend: numbers, texts and dates stay exact."""
    catalog.publish(photo)
    found = catalog.get(photo.photo_id)
    assert found == photo
    assert repr(found) == repr(photo)
    assert sorted(map(repr, catalog.listings())) == sorted(map(repr, catalog.entries_of(photo)))


@pytest.mark.parametrize("state", PhotoState)
def test_a_catalog_with_a_photo_of_any_state_has_photos(
    catalog: Catalog, state: PhotoState
) -> None:
    assert not catalog.has_photos()
    photo = make_photo(tags=("sea",), state=state)
    catalog.import_photo(photo)
    assert catalog.has_photos()
    elsewhere = PhotoState.HIDDEN if state is PhotoState.TRASHED else PhotoState.TRASHED
    catalog.delete(replace(photo, state=elsewhere))
    assert not catalog.has_photos()
    assert list(catalog.listings()) != []


def test_a_hidden_photo_is_listed_for_its_owner_alone(catalog: Catalog) -> None:
    """A hidden photo is in no public listing and counts for no tag."""
    photo = make_photo(state=PhotoState.HIDDEN, tags=("sea",), owner="ada")
    catalog.publish(photo)
    assert ids_of(catalog.page("owner:ada", 5)) == [photo.photo_id]
    assert (
        catalog.page(object_keys.PUBLIC_LISTING, 5).summaries
        == catalog.page("tag:sea", 5).summaries
        == ()
    )
    assert tuple(catalog.tag_counts()) == ()


def test_a_photo_may_have_twenty_tags(catalog: Catalog) -> None:
    """The most tags there can be fit into one transaction, and so does changing all of them."""
    photo = make_photo(tags=tuple(f"tag {n:02}" for n in range(20)))
    catalog.publish(photo)
    changed = photo.next_version(tags=tuple(f"other {n:02}" for n in range(20)))
    catalog.update(photo, changed)
    assert set(catalog.listings()) == set(catalog.entries_of(changed))
    assert list(catalog.tag_counts()) == [TagCount(tag, 1) for tag in changed.tags]


def test_there_is_no_photo_that_was_not_published(catalog: Catalog) -> None:
    """An id that nothing has is PhotoNotFound, which names it."""
    with pytest.raises(PhotoNotFound) as error:
        catalog.get(make_photo().photo_id)
    assert error.value.photo_id


def test_an_id_is_published_once(catalog: Catalog) -> None:
    """A second photo with the same id is AlreadyPublished and changes nothing."""
    photo = make_photo(tags=("sea",))
    catalog.publish(photo)
    before = everything(catalog)
    with pytest.raises(AlreadyPublished) as error:
        catalog.publish(
            make_photo(photo_id=photo.photo_id, idempotency_key="another form", tags=("land",))
        )
    assert error.value.photo_id == photo.photo_id
    assert everything(catalog) == before


def test_an_upload_makes_one_photo(catalog: Catalog) -> None:
    """The same form under a new id raises AlreadyPublished with the first photo's id."""
    photo = make_photo(idempotency_key="one form, one file", tags=("sea",))
    catalog.publish(photo)
    before = everything(catalog)
    with pytest.raises(AlreadyPublished) as error:
        catalog.publish(make_photo(idempotency_key="one form, one file", tags=("land",)))
    assert error.value.photo_id == photo.photo_id
    assert everything(catalog) == before


def test_publishing_the_same_photo_again_names_it(catalog: Catalog) -> None:
    """A transaction that is sent twice because its answer was lost names the photo itself."""
    photo = make_photo()
    catalog.publish(photo)
    with pytest.raises(AlreadyPublished) as error:
        catalog.publish(photo)
    assert error.value.photo_id == photo.photo_id


def test_ready_backend_answers_a_ping(catalog: Catalog) -> None:
    """Ping returns, and leaves nothing."""
    catalog.ping()
    assert everything(catalog) == ([], [], (), [])
