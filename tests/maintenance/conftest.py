"""A library that decodes nothing, collections with a history, and catalogs that get lost."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import BinaryIO

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain import object_keys
from app.domain.photo import Camera, Photo, State
from app.domain.processed_image import PreparedImage, Rendition
from app.domain.upload import Upload, Words
from app.services.photo_service import PhotoLibrary
from app.storage.local.sqlite import SqliteCatalog
from tests.backends import TABLE, Home, create_tables
from tests.storage.test_catalog_publish import everything

_forms = count(1)


def prepared(file: BinaryIO) -> PreparedImage:
    """What imaging would make of a small photo, without any imaging."""
    body = file.read()
    return PreparedImage(
        original=body,
        content_type="image/jpeg",
        width=640,
        height=480,
        sha256=hashlib.sha256(body).hexdigest(),
        placeholder="#8090a0",
        renditions=(Rendition(320, 240, b"small"), Rendition(640, 480, b"large")),
        camera=Camera(make="Acme", aperture=1.8),
        taken_at=None,
        removed=("location",),
    )


def plain_library(home: Home) -> PhotoLibrary:
    """The use cases over `home`, one put at a time, since moto is not thread-safe."""
    return PhotoLibrary(home.objects, home.catalog, prepared, putters=1)


def upload(form: str = "", **words: str) -> Upload:
    """A file and a form like no other, unless `form` says which."""
    form = form or f"form {next(_forms)}"
    body = f"a photo sent with {form}".encode()
    return Upload(file=BytesIO(body), filename="a.jpg", words=Words(**words), owner="ada", upload_id=form)


@pytest.fixture
def library(home: Home) -> PhotoLibrary:
    return plain_library(home)


@pytest.fixture
def app(config: Config, library: PhotoLibrary) -> Flask:
    return create_app(config, library)


def add(library: PhotoLibrary, **words: str) -> Photo:
    return library.publish(upload(**words)).photo


@pytest.fixture
def collection(library: PhotoLibrary) -> list[Photo]:
    """A month of uploads, edits and deletions, the photos oldest first."""
    ids = [add(library, title=f"Photo {n}", tags="sea, dusk" if n % 2 else "land").photo_id for n in range(6)]
    library.revise(ids[0], 1, Words(title="Edited", description="Two\nlines & <more>", tags="land, café"))
    library.revise(ids[1], 1, Words(title="Edited once", tags="sea"))
    library.revise(ids[1], 2, Words(title="Edited twice", tags=""))
    library.withdraw(ids[2])
    library.withdraw(ids[3])
    library.restore(ids[3])
    return [library.find(photo_id) for photo_id in ids]


def contents(home: Home) -> tuple[object, ...]:
    """All there is: the catalog, and every object with its body; but not what a restoration left in the trash."""
    shown = {photo.photo_id for photo in home.catalog.photos() if photo.state is not State.TRASHED}
    stored = [stored.key for stored in home.objects.list("")]
    kept = [
        key
        for key in stored
        if not (key.startswith(object_keys.TRASH_PREFIX) and object_keys.photo_id_of(key) in shown)
    ]
    return (*everything(home.catalog), {key: home.objects.get(key) for key in kept})


def lose_record(home: Home, photo: Photo) -> None:
    """Take the photo's record away and leave all of its listings."""
    elsewhere = State.HIDDEN if photo.state is State.TRASHED else State.TRASHED
    home.catalog.forget(replace(photo, state=elsewhere))


@pytest.fixture
def lose_catalog(home: Home, tmp_path: Path) -> Callable[[], None]:
    """Delete both tables, or the SQLite file, and begin with new ones."""

    def lose() -> None:
        if home.clients:
            for table in (TABLE, f"{TABLE}-listings"):
                home.clients.dynamodb.delete_table(TableName=table)
            create_tables(home.clients)
            return
        assert isinstance(home.catalog, SqliteCatalog)
        home.catalog.close()
        for path in tmp_path.glob("catalog.sqlite3*"):
            path.unlink()

    return lose
