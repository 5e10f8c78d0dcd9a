"""Measure pages with 60, 10 000 and 100 000 photos on the local backend: the cost must not grow."""

import tempfile
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle
from pathlib import Path
from secrets import randbits
from typing import BinaryIO

from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.config import Config
from app.domain import photo_ids
from app.domain.albums.album import Album
from app.domain.albums.memberships import Membership
from app.domain.image.image_options import ImageOptions
from app.domain.image.processed_image import ProcessedImage
from app.domain.image.rendition_sizes import AVIF_WIDTHS, JPEG_WIDTHS
from app.domain.photo import Photo
from app.services.factory import build_services
from app.storage.local.folder import LocalObjectStore
from app.storage.sqlite_backend import sqlite_backend
from benchmarks.timing import cpu_medians, wall_medians

SIZES = (60, 10_000, 100_000)
TAGS = cycle((("sea",), ("hill", "sea"), ("바다",), ()))
REQUESTS = 40  # in each round, so that it is long enough to measure
ROUNDS = 15
ALBUM = Album(
    album_id=photo_ids.new_album_id(),
    title="Album",
    owner="0" * 32,
    created_at=datetime(2026, 11, 1, tzinfo=UTC),
)
PAGES = (
    *("/", "/?before={}", "/tags/sea", "/photos/{}"),
    *("/2026", "/2026/01", f"/albums/{ALBUM.album_id}", "/albums"),
)


def new_photo(number: int) -> Photo:
    """Return the record of a photo as phones take it, of the year 2026 and in the album.

    One comes every four minutes. A page reads up to 64 photos that were uploaded in its second.
    """
    uploaded_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=4 * number)
    photo_id = photo_ids.from_parts(round(uploaded_at.timestamp() * 1000), randbits(80))
    return Photo(
        photo_id=photo_id,
        title=f"Photo {photo_id[-4:]}",
        description="",
        tags=next(TAGS),
        alt="A pier at dusk, the sea behind it",
        uploaded_at=uploaded_at,
        taken_at=uploaded_at.replace(tzinfo=None),
        albums=(Membership(ALBUM.album_id, ALBUM.created_at),),
        width=4032,
        height=3024,
        content_type="image/jpeg",
        bytes=3_141_592,
        sha256=photo_id,
        widths=JPEG_WIDTHS,
        avif_widths=AVIF_WIDTHS,
        placeholder="#8090a0",
        colors=f"{randbits(144):036x}",
        owner=photo_id[-2:],
        idempotency_key=photo_id,
    )


def new_site(folder: Path, photos: int) -> tuple[Flask, str]:
    """Return a site with `photos` photos, and the id of the one in the middle."""
    objects = LocalObjectStore(folder / "objects")
    backend = sqlite_backend(objects, folder / "catalog.sqlite3")
    backend.albums.create(ALBUM)
    published = [new_photo(number) for number in range(photos)]
    for photo in published:
        backend.catalog.publish(photo)
    services = build_services(backend, _refuse_upload, max_file_bytes=0)
    config = Config(photo_dir=folder, secret_key="benchmark")  # noqa: S106 - it protects nothing
    return create_app(config, services), published[photos // 2].photo_id


def _refuse_upload(_file: BinaryIO, *, options: ImageOptions) -> ProcessedImage:
    raise NotImplementedError


def request_page(client: FlaskClient, path: str) -> None:
    """Send one round of requests."""
    for _ in range(REQUESTS):
        assert client.get(path).status_code == 200


def main() -> None:
    """Print CPU times and ratios."""
    print(f"Pages of the local backend, ratio to {SIZES[0]} photos")
    print(f"(median of {ROUNDS} rounds of {REQUESTS} requests)")
    with tempfile.TemporaryDirectory() as folder:
        sites = {count: new_site(Path(folder) / str(count), count) for count in SIZES}
        clients = {count: (app.test_client(), middle) for count, (app, middle) in sites.items()}
        for page in PAGES:
            rounds = {
                str(count): partial(request_page, client, page.format(middle))
                for count, (client, middle) in clients.items()
            }
            cpu, wall = cpu_medians(rounds, ROUNDS), wall_medians(rounds, ROUNDS)
            print(f"  {page[:14]:14}" + "".join(_cell(name, cpu, wall) for name in rounds))


def _cell(name: str, cpu: dict[str, float], wall: dict[str, float]) -> str:
    first = str(SIZES[0])
    cost = f"{cpu[name] / REQUESTS * 1000:.2f} ms CPU ({cpu[name] / cpu[first]:.2f})"
    return f"   {name:>6}: {cost}, latency {wall[name] / wall[first]:.2f}"
