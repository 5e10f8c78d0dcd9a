"""The command purge deletes photos that have been in the trash for 30 days.

Covers app.cli.integrity.
"""

from collections.abc import Iterable, Iterator

from flask import Flask

from app.domain.photo import Photo
from app.services.photo_service import PhotoService
from tests.backends import Backend
from tests.cli.test_cli import run
from tests.maintenance.conftest import add
from tests.maintenance.repairs.repairing import expire


def test_purge_deletes_nothing_without_apply(
    app: Flask, service: PhotoService, backend: Backend
) -> None:
    """Only photos that have been in the trash for 30 days are deleted, with --apply."""
    expire(backend, add(backend).photo_id)
    kept = service.delete(add(backend).photo_id)
    assert run(app, "purge").output.startswith("1 photos have been in the trash for 30 days.")
    assert run(app, "purge", "--apply").output == "1 photos deleted permanently.\n"
    assert [photo.photo_id for photo in backend.catalog.photos()] == [kept.photo_id]


def test_a_purge_shows_every_photo_that_it_removes(backend: Backend, service: PhotoService) -> None:
    """A purge passes every deleted photo to the progress callback."""
    expire(backend, photo_id := add(backend).photo_id)
    shown: list[str] = []

    def watch(photos: Iterable[Photo]) -> Iterator[Photo]:
        for photo in photos:
            shown.append(photo.photo_id)
            yield photo

    assert service.purge(watch) == 1
    assert shown == [photo_id]
