"""Fixtures: a service without imaging, sample photos, a lost catalog."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import BinaryIO

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain import object_keys
from app.domain.file_sizes import MB
from app.domain.image.camera_info import CameraInfo
from app.domain.image.credit import Credit
from app.domain.image.credited_file import CreditedFile
from app.domain.image.processed_image import ProcessedImage, Rendition
from app.domain.image.rendition_sizes import AVIF
from app.domain.image.taken_date import TakenDate
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.domain.upload import PhotoText, UploadRequest
from app.domain.usage import Usage
from app.services import ports
from app.services.factory import Services, build_services
from app.services.photo_service import PhotoService
from app.storage.aws.table_names import TableNames
from app.storage.local.sqlite import SqliteCatalog
from app.storage.local.sqlite_albums import SqliteAlbums
from tests.backends import TABLE, Backend, create_tables
from tests.storage.test_catalog_publish import everything

OWNER = "0" * 32
# Two of three files have a date.
DATES = (None, *map(datetime.fromisoformat, ("2026-11-05T14:03:07", "1974-06-01T12:00:00")))
_forms = count(1)


def prepared(file: BinaryIO, **_options: object) -> ProcessedImage:
    """Return a small processed image without imaging."""
    body = file.read()
    sha256 = hashlib.sha256(body).hexdigest()
    return ProcessedImage(
        original=body,
        content_type="image/jpeg",
        width=640,
        height=480,
        sha256=sha256,
        placeholder="#8090a0",
        colors="89a" * 12,
        renditions=(
            Rendition(320, 240, b"small"),
            Rendition(320, 240, b"small, in fewer bytes", AVIF),
            Rendition(640, 480, b"large"),
        ),
        camera=CameraInfo(make="Acme", aperture=1.8),
        taken=TakenDate(date) if (date := DATES[int(sha256[0], 16) % len(DATES)]) else None,
        removed_metadata=("location",),
    )


def with_credit(file: BinaryIO, /, *, credit: Credit) -> CreditedFile:
    """Return a file with the credit behind its bytes, if it states rights, without imaging."""
    body = file.read().partition(b" by ")[0]
    if credit.states_rights:
        body += f" by {credit.creator}, {credit.license_url}".encode()
    return CreditedFile(body, states_credit=credit.states_rights)


def plain_services(backend: ports.Backend) -> Services:
    """Return services without imaging; objects are stored one at a time: moto isn't thread-safe."""
    return build_services(backend, prepared, max_file_bytes=MB, max_parallel_uploads=1)


def plain_service(backend: Backend) -> PhotoService:
    """Return the photo service of `plain_services`."""
    return plain_services(backend).photos


def upload(form: str = "", **words: str) -> UploadRequest:
    """Return an upload with a new form id, or with `form`."""
    form = form or f"form {next(_forms)}"
    body = f"a photo sent with {form}".encode()
    return UploadRequest(
        file=BytesIO(body),
        filename="a.jpg",
        text=PhotoText(**words).validated(),
        owner=OWNER,
        upload_id=form,
    )


@pytest.fixture
def services(backend: Backend) -> Services:
    return plain_services(backend)


@pytest.fixture
def service(services: Services) -> PhotoService:
    return services.photos


@pytest.fixture
def app(config: Config, services: Services) -> Flask:
    return create_app(config, services)


def add(backend: ports.Backend, **words: str) -> Photo:
    return publish(backend, upload(**words))


def publish(backend: ports.Backend, request: UploadRequest) -> Photo:
    return plain_services(backend).uploads.publish(request).photo


@pytest.fixture
def collection(backend: Backend, service: PhotoService) -> list[Photo]:
    """Photos after uploads, edits and deletions, oldest first."""
    ids = [
        add(backend, title=f"Photo {n}", tags="sea, dusk" if n % 2 else "land").photo_id
        for n in range(6)
    ]
    service.update(
        ids[0], 1, PhotoText(title="Edited", description="Two\nlines & <more>", tags="land, café")
    )
    service.update(ids[1], 1, PhotoText(title="Edited once", tags="sea", contributor_name="Ann"))
    service.update(ids[1], 2, PhotoText(title="Edited twice", contributor_name="Anna"))
    service.delete(ids[2])
    service.delete(ids[3])
    service.restore(ids[3])
    return [service.get_any_state(photo_id) for photo_id in ids]


def contents(backend: Backend) -> tuple[object, ...]:
    """Return the catalog and all objects, except copies of restored photos in the trash.

    Summaries in listings and the entries of search terms are left out, since each backend has its
    own.
    """
    shown = {
        photo.photo_id
        for photo in backend.catalog.photos()
        if photo.state is not PhotoState.TRASHED
    }
    stored = [stored.key for stored in backend.objects.list("")]
    kept = [
        key
        for key in stored
        if not (key.startswith(object_keys.TRASH_PREFIX) and object_keys.photo_id_of(key) in shown)
    ]
    photos, listings, *counts = everything(backend.catalog)
    assert isinstance(listings, list)
    entries = [
        (entry.listing, entry.photo_id)
        for entry in listings
        if not entry.listing.startswith("term:")
    ]
    return (photos, entries, counts, {key: backend.objects.get(key) for key in kept})


def lose_record(backend: Backend, photo: Photo) -> None:
    """Delete the photo's record, and keep its listing entries and the usage counters."""
    elsewhere = PhotoState.HIDDEN if photo.state is PhotoState.TRASHED else PhotoState.TRASHED
    before = _usage(backend)
    backend.catalog.delete(replace(photo, state=elsewhere))
    after = _usage(backend)
    for name in before | after:
        changed, kept = after.get(name, Usage(name)), before.get(name, Usage(name))
        assert backend.catalog.compare_and_set_usage(changed, kept)


def _usage(backend: Backend) -> dict[str, Usage]:
    return {usage.counter: usage for usage in backend.catalog.usage_counters()}


@pytest.fixture
def lose_catalog(backend: Backend, tmp_path: Path) -> Callable[[], None]:
    """Delete the tables or the SQLite file, and create empty ones."""

    def lose() -> None:
        if backend.clients:
            for table in TableNames.of(TABLE):
                backend.clients.dynamodb.delete_table(TableName=table)
            create_tables(backend.clients)
            return
        assert isinstance(backend.catalog, SqliteCatalog)
        assert isinstance(backend.albums, SqliteAlbums)
        backend.catalog.close()
        backend.albums.close()
        for path in tmp_path.glob("catalog.sqlite3*"):
            path.unlink()

    return lose
