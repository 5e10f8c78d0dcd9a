"""An album ordered by hand keeps its order when dates of its photos are edited."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.albums.album import AlbumOrder
from app.domain.albums.album_text import AlbumText
from app.domain.image.date_choice import DateChoice
from app.domain.upload import PhotoText
from app.services.albums.album_service import AlbumService
from app.services.factory import Services, build_services
from app.services.photo_service import PhotoService
from tests.backends import Backend, make_photo
from tests.services.albums.sample_albums import no_image
from tests.storage.conftest import publish_all

TAKEN = datetime(2026, 11, 29, 20, 0)  # noqa: DTZ001  local
COUNT = 4
dates = st.one_of(
    st.integers(-3, 3),  # minutes to add
    st.sampled_from(
        [DateChoice(year="1974"), DateChoice(year="2026", month="12"), DateChoice(year="")]
    ),
)


@pytest.fixture
def services(backend: Backend) -> Services:
    return build_services(backend, no_image, max_file_bytes=0)


def fill(services: Services, backend: Backend, order: AlbumOrder) -> tuple[str, list[str]]:
    """Create an album of photos of a few minutes, two of which have the same date or none."""
    album = services.albums.create("0" * 32, AlbumText("Lake", ""), order=order)
    minutes = [timedelta(minutes=number // 2) for number in range(COUNT)]
    photos = [make_photo(taken_at=TAKEN + delta) for delta in minutes]
    publish_all(backend, photos)
    for photo in photos:
        services.albums.add(album.album_id, photo.photo_id)
    return album.album_id, [photo.photo_id for photo in photos]


def shown(albums: AlbumService, album_id: str) -> list[str]:
    return [photo.photo_id for photo in albums.page(album_id, 30).summaries]


def redate(photos: PhotoService, photo_id: str, change: int | DateChoice) -> None:
    photo = photos.get(photo_id)
    if isinstance(change, DateChoice):
        photos.update(photo_id, photo.version, PhotoText(title="Lake", taken=change))
    elif photo.taken:
        photos.shift_date(photo_id, photo.taken.iso, timedelta(minutes=change))


def choose_by_hand(albums: AlbumService, album_id: str, photo_ids: list[str]) -> None:
    """Choose the order in the form of the album."""
    album = albums.get(album_id)
    albums.update(album, album.version, AlbumText("Lake", ""), order=AlbumOrder.MANUAL)
    assert shown(albums, album_id) == photo_ids


def move_by_hand(albums: AlbumService, album_id: str, photo_ids: list[str]) -> None:
    """Move the last photo to the beginning."""
    albums.move(albums.get(album_id), photo_ids[-1], 1)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    order=st.sampled_from(list(AlbumOrder)),
    arrange=st.sampled_from([choose_by_hand, move_by_hand]),
    edits=st.lists(st.tuples(st.integers(0, COUNT - 1), dates), min_size=1, max_size=4),
)
def test_no_date_changes_an_order_by_hand(
    services: Services,
    backend: Backend,
    order: AlbumOrder,
    arrange: object,
    edits: list[tuple[int, int | DateChoice]],
) -> None:
    """Neither a typed date nor a shifted one, of a photo that was moved or never was."""
    album_id, photo_ids = fill(services, backend, order)
    assert callable(arrange)
    arrange(services.albums, album_id, photo_ids)
    expected = shown(services.albums, album_id)
    for index, change in edits:
        redate(services.photos, photo_ids[index], change)
        assert shown(services.albums, album_id) == expected


def test_an_album_by_date_follows_the_dates(services: Services, backend: Backend) -> None:
    """It does so again when the order is by date again."""
    album_id, photo_ids = fill(services, backend, AlbumOrder.TAKEN)
    redate(services.photos, photo_ids[0], 5)
    assert shown(services.albums, album_id) == [*photo_ids[1:], photo_ids[0]]
    choose_by_hand(services.albums, album_id, [*photo_ids[1:], photo_ids[0]])
    redate(services.photos, photo_ids[0], DateChoice(year="1974"))
    album = services.albums.get(album_id)
    lake = AlbumText("Lake", "")
    album = services.albums.update(album, album.version, lake, order=AlbumOrder.TAKEN)
    for photo_id in photo_ids:
        services.albums.sort(album, services.photos.get(photo_id))
    assert shown(services.albums, album_id) == photo_ids


def test_a_photo_of_a_deleted_album_gets_another_date(services: Services, backend: Backend) -> None:
    """Its record still names the album until a repair."""
    album_id, photo_ids = fill(services, backend, AlbumOrder.TAKEN)
    services.albums.delete(services.albums.get(album_id))
    redate(services.photos, photo_ids[0], DateChoice(year="1974"))
    assert services.photos.get(photo_ids[0]).taken_at == datetime(1974, 1, 1)  # noqa: DTZ001
