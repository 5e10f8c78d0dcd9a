"""An album has another cover as soon as its cover is deleted permanently."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain.albums.album import Album, AlbumVisibility
from app.domain.photo_summary import PhotoState
from app.maintenance import IntegrityCheck
from app.services.factory import Services
from tests.backends import Backend
from tests.cli.test_cli import run
from tests.conftest import services_of
from tests.visitor import Visitor

Purge = Callable[[Visitor, Services, str], None]


def by_its_owner(visitor: Visitor, services: Services, photo_id: str) -> None:
    """Choose "Delete permanently" on the page of the photo."""
    services.photos.delete(photo_id)
    assert visitor.submit(f"/photos/{photo_id}/purge").status_code == 303


def when_it_expires(visitor: Visitor, services: Services, photo_id: str) -> None:
    """Empty the trash, as a site on a folder does once a day."""
    services.photos.delete(photo_id, at=datetime.now(UTC) - timedelta(days=31))
    assert run(visitor.app, "purge", "--apply").exit_code == 0


def after_an_interruption(visitor: Visitor, services: Services, photo_id: str) -> None:
    """Complete a deletion that was interrupted after the photo had expired."""
    photo = services.photos.delete(photo_id)
    expired = photo.next_version(expires_at=1, lease_expires_at=1)
    services.backend.catalog.update(photo, expired)
    services.photos.finish_moves()


PURGES: tuple[Purge, ...] = (by_its_owner, when_it_expires, after_an_interruption)


@pytest.fixture
def photo_ids(visitor: Visitor) -> list[str]:
    return [visitor.add(title=f"Photo {number}") for number in range(3)]


@pytest.fixture
def album(visitor: Visitor, services: Services, photo_ids: list[str]) -> Album:
    """An album of the visitor whose cover is the second photo."""
    album_id = visitor.send("/albums/new", title="Lake").location.rpartition("/")[2]
    for photo_id in photo_ids:
        services.albums.add(album_id, photo_id)
    services.albums.choose_cover(services.albums.get(album_id), photo_ids[1])
    return services.albums.get(album_id)


def findings(backend: Backend) -> list[object]:
    return list(IntegrityCheck(backend, upload_grace=timedelta(0), sidecars=True))


@pytest.mark.parametrize("purge", PURGES)
@pytest.mark.parametrize("visibility", AlbumVisibility)
def test_the_first_photo_becomes_the_cover(
    visitor: Visitor,
    services: Services,
    backend: Backend,
    album: Album,
    photo_ids: list[str],
    purge: Purge,
    visibility: str,
) -> None:
    """The lists of albums show it, and `check` finds nothing."""
    visitor.submit(f"/albums/{album.album_id}/edit", title="Lake", visibility=visibility)
    purge(visitor, services, photo_ids[1])
    assert services.albums.get(album.album_id).cover == photo_ids[0]
    assert f"/{photo_ids[0]}/" in visitor.get("/albums/mine").text
    assert findings(backend) == []


@pytest.mark.parametrize("purge", PURGES)
def test_the_next_photo_that_is_added_becomes_the_cover(
    visitor: Visitor, services: Services, backend: Backend, album: Album, purge: Purge
) -> None:
    """That is so in an album without other photos that are public."""
    page = services.albums.page(album.album_id, 9)
    first, second, third = (summary.photo_id for summary in page.summaries)
    for photo_id in (first, third):
        services.photos.delete(photo_id)
    purge(visitor, services, second)
    assert services.albums.get(album.album_id).cover == ""
    photo_id = visitor.add(album=album.album_id)
    assert services.albums.get(album.album_id).cover == photo_id
    assert findings(backend) == []


def test_the_admin_deletes_all_photos_of_a_contributor(
    config: Config, services: Services, backend: Backend, app: Flask, album: Album
) -> None:
    """Photos of others that are in the album become its cover."""
    other = Visitor(app).add()
    services.albums.add(album.album_id, other)
    admin = Visitor(create_app(replace(config, admin_password="delete it all"), services))
    admin.submit("/login", password="delete it all")
    for action in ("delete", "purge"):
        admin.submit(f"/admin/contributors/{album.owner}/{action}")
    assert services.albums.get(album.album_id).cover == other
    assert findings(backend) == []


@pytest.mark.parametrize("times", [1, 9])
def test_others_change_the_album_at_the_same_time(
    visitor: Visitor,
    services: Services,
    backend: Backend,
    album: Album,
    photo_ids: list[str],
    monkeypatch: pytest.MonkeyPatch,
    times: int,
) -> None:
    """The cover is replaced after their change. If they go on, `check` finds the lost cover."""
    update = backend.albums.update
    others = iter(range(times))
    services.photos.delete(photo_ids[1])

    def after_another(before: Album, after: Album) -> None:
        if (number := next(others, None)) is not None:
            current = backend.albums.get(album.album_id)
            update(current, current.next_version(title=f"Lake {number}"))
        update(before, after)

    with monkeypatch.context() as busy:
        busy.setattr(backend.albums, "update", after_another)
        assert visitor.submit(f"/photos/{photo_ids[1]}/purge").status_code == 303
    is_replaced = services.albums.get(album.album_id).cover == photo_ids[0]
    assert is_replaced == (times == 1)
    assert any("cover" in str(found) for found in findings(backend)) == (not is_replaced)
    assert services.photos.get(photo_ids[0]).albums[0].cover == (
        album.visibility if is_replaced else None
    )


def test_a_deleted_cover_can_be_restored_until_then(
    visitor: Visitor, services: Services, album: Album, photo_ids: list[str], config: Config
) -> None:
    """The album keeps a cover in the trash, which is its cover again when it is restored."""
    services.photos.delete(photo_ids[1])
    assert services.albums.get(album.album_id).cover == photo_ids[1]
    restored = services_of(services.backend, config).photos.restore(photo_ids[1])
    assert restored.state is PhotoState.PUBLIC
    assert f"/{photo_ids[1]}/" in visitor.get("/albums").text
