"""Photos of an album can be moved to every place, also those that were taken in the same second."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.albums.album import AlbumOrder
from app.domain.albums.album_text import AlbumText
from app.domain.albums.memberships import Membership
from app.domain.errors import PhotoNotFound
from app.domain.photo_summary import PhotoState
from app.services.albums import album_arranger
from app.services.albums.album_arranger import Direction
from app.services.albums.album_service import AlbumService
from tests.backends import Backend, make_photo
from tests.storage.conftest import publish_all

Place = int | Direction
TAKEN = datetime(2026, 11, 29, 20, 0)  # noqa: DTZ001  local


def fill(albums: AlbumService, backend: Backend, count: int) -> tuple[str, list[str]]:
    """Create an album of photos of one second, and return its id and theirs, in its order."""
    album = albums.create("0" * 32, AlbumText("Lake", ""))
    photos = [make_photo(taken_at=TAKEN) for _ in range(count)]
    publish_all(backend, photos)
    for photo in photos:
        albums.add(album.album_id, photo.photo_id)
    return album.album_id, [photo.photo_id for photo in photos]


def shown(albums: AlbumService, album_id: str) -> list[str]:
    return [photo.photo_id for photo in albums.page(album_id, 30).summaries]


def moved(photo_ids: Sequence[str], index: int, place: Place) -> list[str]:
    """Return the ids after one of them was moved."""
    others = [*photo_ids[:index], *photo_ids[index + 1 :]]
    steps = {Direction.EARLIER: index - 1, Direction.LATER: index + 1}
    target = steps[place] if isinstance(place, Direction) else place - 1
    target = min(max(target, 0), len(others))
    return [*others[:target], photo_ids[index], *others[target:]]


places = st.one_of(st.integers(1, 9), st.sampled_from(Direction))


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(moves=st.lists(st.tuples(st.integers(0, 4), places), max_size=8))
def test_photos_can_be_moved_to_every_place(
    albums: AlbumService, backend: Backend, moves: list[tuple[int, Place]]
) -> None:
    """The others keep their order. A move beyond an end changes nothing."""
    album_id, expected = fill(albums, backend, 5)
    for index, place in moves:
        albums.move(albums.get(album_id), expected[index], place)
        expected = moved(expected, index, place)
        assert shown(albums, album_id) == expected


def move_in_steps(
    albums: AlbumService, album_id: str, expected: list[str], index: int, place: Place
) -> list[str]:
    """Move a photo with as many calls as it takes, and return the order after it."""
    for _ in range(9):
        if albums.move(albums.get(album_id), expected[index], place):
            return moved(expected, index, place)
        assert shown(albums, album_id) == expected  # only the last step changes it
    raise AssertionError("the move does not end")


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(moves=st.lists(st.tuples(st.integers(0, 6), places, st.booleans()), max_size=6))
def test_photos_can_be_moved_between_many_of_one_second(
    albums: AlbumService,
    backend: Backend,
    monkeypatch: pytest.MonkeyPatch,
    moves: list[tuple[int, Place, bool]],
) -> None:
    """A move takes several requests, also if photos of that second are added in between."""
    monkeypatch.setattr(album_arranger, "_MAX_TIES", 2)
    album_id, expected = fill(albums, backend, 7)
    for index, place, has_new in moves:
        expected = move_in_steps(albums, album_id, expected, index, place)
        assert shown(albums, album_id) == expected
        if has_new:
            new = [make_photo(taken_at=TAKEN) for _ in range(2)]
            publish_all(backend, new)
            for photo in new:
                membership = Membership(album_id, datetime.now(UTC))  # as before the first move
                albums.add(album_id, photo.photo_id, membership)
            expected = shown(albums, album_id)


def test_a_photo_is_moved_among_more_than_a_hundred_of_one_second(
    albums: AlbumService, backend: Backend
) -> None:
    """No request changes more than a hundred photos, and the order is by hand from the first."""
    album_id, expected = fill(albums, backend, 103)
    assert not albums.move(albums.get(album_id), expected[102], 2)
    assert albums.get(album_id).order is AlbumOrder.MANUAL
    assert albums.move(albums.get(album_id), expected[102], 2)
    page = [photo.photo_id for photo in albums.page(album_id, 200).summaries]
    assert page == moved(expected, 102, 2)


def test_the_order_is_by_hand_after_a_move(albums: AlbumService, backend: Backend) -> None:
    """A photo that is added then is the last one, whatever its date."""
    album_id, photo_ids = fill(albums, backend, 2)
    albums.move(albums.get(album_id), photo_ids[1], 1)
    assert albums.get(album_id).order is AlbumOrder.MANUAL
    older = make_photo(taken_at=datetime(1974, 6, 1))  # noqa: DTZ001  local
    publish_all(backend, [older])
    albums.add(album_id, older.photo_id)
    assert shown(albums, album_id) == [photo_ids[1], photo_ids[0], older.photo_id]


def test_only_public_photos_of_the_album_can_be_moved(
    albums: AlbumService, backend: Backend
) -> None:
    album_id, (first, second) = fill(albums, backend, 2)
    hidden = backend.catalog.get(second)
    backend.catalog.update(hidden, hidden.next_version(state=PhotoState.HIDDEN))
    other = make_photo()
    publish_all(backend, [other])
    for photo_id in (second, other.photo_id):
        with pytest.raises(PhotoNotFound):
            albums.move(albums.get(album_id), photo_id, 1)
    assert shown(albums, album_id) == [first]
