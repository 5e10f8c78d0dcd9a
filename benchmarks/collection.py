"""Fill the local backend with many photos that have records but no files.

The catalog itself publishes the photos, but 1000 of them in one transaction that does not wait for
the disk. So a million photos take minutes. `SHOEBOX_COLLECTIONS` may name a folder that keeps
collections for the next run. Delete this folder after a change of the catalog's schema.
"""

import hashlib
import os
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate, count, cycle, islice
from pathlib import Path
from typing import Any, BinaryIO
from unittest.mock import patch

from flask import Flask

from app import create_app
from app.config import Config
from app.domain import object_keys, photo_ids
from app.domain.albums.album import Album
from app.domain.albums.memberships import Membership
from app.domain.image.image_options import ImageOptions
from app.domain.image.processed_image import ProcessedImage
from app.domain.image.rendition_sizes import AVIF_WIDTHS, JPEG_WIDTHS
from app.domain.photo import Photo
from app.services.factory import build_services
from app.storage.local.folder import LocalObjectStore
from app.storage.local.sqlite import SqliteCatalog
from app.storage.local.sqlite_albums import SqliteAlbums
from app.storage.local.sqlite_database import SqliteDatabase
from app.storage.sqlite_backend import sqlite_backend

CATALOG = "catalog.sqlite3"  # in the folder of a site
COMMON = ("evening", "harbor", "summer")  # one photo in five has each
RARE = "comet"  # of the oldest photos
WITHOUT_DATE_OR_ALBUM: Mapping[str, Any] = {"taken_at": None, "albums": ()}  # fields of a photo
FIRST_UPLOAD = datetime(2025, 1, 1, tzinfo=UTC)
SECONDS_BETWEEN_PHOTOS = 30  # so that a million photos are of one year
ALBUM = Album(
    album_id=photo_ids.first_id_at(FIRST_UPLOAD),
    title="Album",
    owner="0" * 32,
    created_at=FIRST_UPLOAD,
)
SECRET = "benchmark"  # noqa: S105  it protects nothing
_PHOTOS_WITH_RARE = 10
_PHOTOS_IN_A_TRANSACTION = 1000
_SYLLABLES = [first + second for first in "bdfghklmnprstvz" for second in "aeiou"]


class SamplePhotos:
    """Photos as phones take them, with a title of 3 words, a description of 6 to 9, and 2 tags.

    The frequencies of the words follow Zipf's law. Every second description has the word east, and
    the others have the word west. The photos have a date and are in the album.

    Args:
        fields: Fields of a photo that replace the usual ones.
    """

    def __init__(self, fields: Mapping[str, Any] | None = None) -> None:
        self._fields = fields or {}
        self._random = random.Random(1)  # noqa: S311  the same photos in each run
        words = {self._new_word() for _ in range(20_000)}
        self.words = sorted(words, key=lambda word: hashlib.sha256(word.encode()).digest())
        self._weights = list(accumulate(1 / rank for rank in range(10, len(self.words) + 10)))
        self._side = cycle(("east", "west"))

    def __iter__(self) -> Iterator[Photo]:
        for number in count():
            yield self._photo(number)

    def _photo(self, number: int) -> Photo:
        uploaded_at = uploaded_at_of(number)
        milliseconds = round(uploaded_at.timestamp() * 1000)
        photo_id = photo_ids.from_parts(milliseconds, self._random.getrandbits(80))
        digest = hashlib.sha256(photo_id.encode()).hexdigest()
        photo = Photo(
            photo_id=photo_id,
            title=self._text(3).capitalize(),
            description=self._description(number),
            tags=tuple(dict.fromkeys(self._text(2).split())),
            alt="A pier at dusk, the sea behind it",
            uploaded_at=uploaded_at,
            taken_at=uploaded_at.replace(tzinfo=None),
            width=4032,
            height=3024,
            content_type="image/jpeg",
            bytes=3_141_592,
            sha256=digest,
            widths=JPEG_WIDTHS,
            avif_widths=AVIF_WIDTHS,
            placeholder="#8090a0",
            colors=digest[:36],
            albums=(Membership(ALBUM.album_id, uploaded_at),),
            owner=digest[:2] * 16,
            idempotency_key=digest[::-1],
        )
        return replace(photo, **self._fields)

    def _description(self, number: int) -> str:
        common = [word for word in COMMON if self._random.randrange(5) == 0]
        rare = [RARE] * (number < _PHOTOS_WITH_RARE)
        return " ".join((self._text(5), next(self._side), *common, *rare))

    def _new_word(self) -> str:
        return "".join(self._random.choices(_SYLLABLES, k=self._random.randint(2, 4)))

    def _text(self, words: int) -> str:
        return " ".join(self._random.choices(self.words, cum_weights=self._weights, k=words))


def uploaded_at_of(number: int) -> datetime:
    """Return when the photo with this number, from 0, was uploaded."""
    return FIRST_UPLOAD + timedelta(seconds=SECONDS_BETWEEN_PHOTOS * number)


def photo_in_the_middle(catalog: SqliteCatalog, photos: int) -> Photo:
    """Return the photo in the middle of the gallery of a catalog with this number of photos."""
    just_newer = photo_ids.first_id_at(uploaded_at_of(photos // 2 + 1))
    (found,) = catalog.page(object_keys.PUBLIC_LISTING, 1, before=just_newer).summaries
    return catalog.get(found.photo_id)


@contextmanager
def collections_folder() -> Iterator[Path]:
    """Yield the folder of all collections: `SHOEBOX_COLLECTIONS`, or a temporary folder."""
    kept = os.environ.get("SHOEBOX_COLLECTIONS")
    with nullcontext(kept) if kept else tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def collection(folder: Path, photos: int) -> Path:
    """Return the folder of a site with this number of photos. Fill it if it does not exist."""
    filled = folder / str(photos)
    if not filled.exists():
        unfinished = folder / f"{photos}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        fill(unfinished, islice(SamplePhotos(), photos))
        unfinished.rename(filled)
    return filled


def new_app(folder: Path) -> Flask:
    """Return the application for the site in the folder. It takes no uploads."""
    backend = sqlite_backend(LocalObjectStore(folder / "objects"), folder / CATALOG)
    services = build_services(backend, _refuse_upload, max_file_bytes=0)
    config = Config(photo_dir=folder, secret_key=SECRET, admin_password=SECRET)
    return create_app(config, services)


def _refuse_upload(_file: BinaryIO, *, options: ImageOptions) -> ProcessedImage:
    raise NotImplementedError


def fill(folder: Path, photos: Iterable[Photo]) -> None:
    """Publish the photos in the catalog of a new site in the folder."""
    remaining = iter(photos)
    with closing(SqliteDatabase(folder / CATALOG)) as file:
        SqliteAlbums(file).create(ALBUM)
        with file.connection() as db:
            db.execute("PRAGMA cache_size = -256000")  # kB
            db.execute("PRAGMA synchronous = OFF")
            db.execute("PRAGMA secure_delete = OFF")  # nothing was deleted
        while group := list(islice(remaining, _PHOTOS_IN_A_TRANSACTION)):
            _publish_all(file, group)


def _publish_all(file: SqliteDatabase, photos: Iterable[Photo]) -> None:
    """Publish the photos in one transaction."""
    catalog = SqliteCatalog(file)

    @contextmanager
    def joined(_: SqliteDatabase) -> Iterator[sqlite3.Connection]:
        yield db

    with file.transaction() as db, patch.object(SqliteDatabase, "transaction", joined):
        for photo in photos:
            catalog.publish(photo)
