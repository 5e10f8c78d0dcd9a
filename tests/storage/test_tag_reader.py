"""The number of photos of one tag, and the photos that represent tags.

Covers app.domain.tag_covers, app.services.listings.tag_reader, app.storage.aws.tags.reader,
app.storage.local.sqlite_tag_reader.
"""

from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.domain.tag_covers import CANDIDATES
from tests.backends import Backend, make_photo
from tests.storage.conftest import publish_all

EXPIRED = 1


def covers(backend: Backend, *tags: str) -> dict[str, str]:
    """Return the photo id of each cover."""
    found = backend.tag_reader.covers(tags)
    return {tag: summary.photo_id for tag, summary in found.items()}


def test_a_tag_is_represented_by_its_newest_photo(backend: Backend) -> None:
    """A tag without photos has no cover."""
    photos = [make_photo(tags=("sea",)) for _ in range(9)]
    publish_all(backend, photos)
    assert covers(backend, "sea", "land") == {"sea": photos[-1].photo_id}
    assert backend.tag_reader.covers(["sea"]) == {"sea": photos[-1].summary}
    assert covers(backend) == {}


def test_tags_of_the_same_photos_have_different_covers(backend: Backend) -> None:
    """A tag of one photo shows it. Tags without enough photos share one."""
    first, second, third = (
        make_photo(tags=tags) for tags in (("sea",), ("sea", "dusk"), ("sea", "dusk", "pier"))
    )
    publish_all(backend, [first, second, third])
    assert covers(backend, "sea", "dusk", "pier") == {
        "sea": first.photo_id,
        "dusk": second.photo_id,
        "pier": third.photo_id,
    }
    publish_all(backend, [fourth := make_photo(tags=("hill", "snow"))])
    assert covers(backend, "hill", "snow") == dict.fromkeys(("hill", "snow"), fourth.photo_id)


def gone(photo: Photo) -> list[Photo]:
    """Return next versions of the photo that are not public, or do not have its tag."""
    return [
        photo.next_version(state=PhotoState.HIDDEN),
        photo.next_version(state=PhotoState.TRASHED, expires_at=EXPIRED),
        photo.next_version(tags=("land",)),
    ]


def test_a_photo_that_left_the_tag_is_no_cover_from_then_on(backend: Backend) -> None:
    """The next one takes its place, also right after the tags were shown."""
    photos = [make_photo(tags=("sea",)) for _ in range(4)]
    publish_all(backend, photos)
    for number in range(3):
        newest = photos.pop()
        assert covers(backend, "sea") == {"sea": newest.photo_id}
        backend.catalog.update(newest, gone(newest)[number])
        assert newest.photo_id not in covers(backend, "sea").values()
    assert covers(backend, "dusk") == {}


def test_a_cover_is_found_however_many_photos_left_the_tag(backend: Backend) -> None:
    """All photos from which it was chosen may be hidden at a time."""
    photos = [make_photo(tags=("sea",)) for _ in range(CANDIDATES + 2)]
    publish_all(backend, photos)
    covers(backend, "sea")
    for photo in photos[1:]:
        backend.catalog.update(photo, photo.next_version(state=PhotoState.HIDDEN))
    assert covers(backend, "sea") == {"sea": photos[0].photo_id}


def test_the_photos_of_one_tag_are_counted(backend: Backend) -> None:
    """Hidden photos do not count."""
    photos = [make_photo(tags=("sea", "dusk")) for _ in range(3)]
    publish_all(backend, photos)
    backend.catalog.update(photos[0], photos[0].next_version(state=PhotoState.HIDDEN))
    assert [backend.tag_reader.count(tag) for tag in ("sea", "dusk", "se")] == [2, 2, 0]
