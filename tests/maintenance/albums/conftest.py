"""An album with photos, and its check."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.domain.albums.album import Album
from app.domain.albums.album_text import AlbumText
from app.maintenance import IntegrityCheck, Repair
from app.services.factory import Services
from tests.backends import Backend
from tests.maintenance.conftest import OWNER, add

LAKE = AlbumText("Lake", "")

MakeAlbum = Callable[[int], tuple[Album, list[str]]]


def findings(backend: Backend) -> list[tuple[str, str]]:
    """Return the findings of a check while the site is stopped."""
    check = IntegrityCheck(backend, upload_grace=timedelta(0), sidecars=True)
    return [(finding.kind, finding.detail) for finding in check]


def repair(backend: Backend, *, all_orphans: bool = False) -> list[str]:
    """Repair, and return the problems of the repairs."""
    check = IntegrityCheck(backend, upload_grace=timedelta(0), sidecars=True)
    return [
        problem for action in Repair(check, all_orphans=all_orphans) if (problem := action.run())
    ]


@pytest.fixture
def make_album(backend: Backend, services: Services) -> MakeAlbum:
    """Create a public album with a number of photos, in the order of their ids."""

    def make(count: int) -> tuple[Album, list[str]]:
        album_id = services.albums.create(OWNER, LAKE).album_id
        photo_ids = [add(backend, title=f"Photo {n}").photo_id for n in range(count)]
        for photo_id in photo_ids:
            services.albums.add(album_id, photo_id)
        return services.albums.get(album_id), photo_ids

    return make
