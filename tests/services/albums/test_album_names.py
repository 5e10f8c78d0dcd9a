"""The photos of an album by the name of their contributor, on both backends."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.albums.album_text import AlbumText
from app.domain.albums.memberships import Membership
from app.domain.errors import AlbumNotFound
from app.services.albums import album_names
from app.services.factory import Services
from tests.backends import Backend, make_photo
from tests.storage.conftest import publish_all

START = datetime(2026, 11, 29, 20, 0, tzinfo=UTC)


def make_party(services: Services, backend: Backend, names: list[str]) -> tuple[str, list[str]]:
    """Return an album whose photos have these names, and the ids of the photos."""
    album_id = services.albums.create("0" * 32, AlbumText("Party", "")).album_id
    photos = [
        make_photo(
            contributor_name=name,
            taken_at=START + timedelta(minutes=minute),
            albums=(Membership(album_id, START),),
        )
        for minute, name in enumerate(names)
    ]
    publish_all(backend, photos)
    return album_id, [photo.photo_id for photo in photos]


def read_all(services: Services, album_id: str, name: str, limit: int) -> list[list[str]]:
    """Return the ids of every page."""
    pages, after = [], None
    while True:
        page = services.albums.page_by(album_id, name, limit, after=after)
        assert len(page.summaries) == len(page.positions) <= limit
        pages.append([photo.photo_id for photo in page.summaries])
        after = page.next
        if after is None:
            return pages


@pytest.mark.parametrize("at_once", [1, 2, 3, 100])
@pytest.mark.parametrize("limit", [1, 2, 9])
def test_pages_have_each_photo_once_in_order(
    services: Services,
    backend: Backend,
    monkeypatch: pytest.MonkeyPatch,
    at_once: int,
    limit: int,
) -> None:
    """Whatever is read at once, and also if a page reads no photo with the name."""
    monkeypatch.setattr(album_names, "PHOTOS_AT_ONCE", at_once)
    monkeypatch.setattr(album_names, "MAX_READS", 2)
    names = ["Mina", "Ben", "Mina", "", "Ben", "Ben", "Ben", "Ben", "안나", "Mina", "mina"]
    album_id, photo_ids = make_party(services, backend, names)
    for name in ("Mina", "Ben", "안나", "Otto"):
        pages = read_all(services, album_id, name, limit)
        expected = [it for it, of in zip(photo_ids, names, strict=True) if of == name]
        assert [photo_id for page in pages for photo_id in page] == expected


def test_an_unknown_album_is_not_found(services: Services) -> None:
    with pytest.raises(AlbumNotFound):
        services.albums.page_by("x", "Mina", 9)
