"""Measure the pages of tags on a site with few tags and on one with many."""

import tempfile
from contextlib import closing
from functools import partial
from itertools import islice
from pathlib import Path

from flask.testing import FlaskClient

from app.storage.local.sqlite import SqliteCatalog
from app.storage.local.sqlite_database import SqliteDatabase
from benchmarks.catalog import SamplePhotos, publish_all
from benchmarks.gallery import new_site
from benchmarks.timing import cpu_medians

NUMBERS_OF_TAGS = (500, 50_000)
TAGS_OF_A_PHOTO = 5
PAGES = ("/tags", "/tags?start=tag 3", "/tags.json")
PHOTOS_IN_A_TRANSACTION = 100
ROUNDS = 15


def main() -> None:
    """Print the CPU time and the bytes of each page, and ratios to those with few tags."""
    print("Pages of tags: ms of CPU time, kB, and ratios to the site with few tags")
    first: dict[str, tuple[float, int]] = {}
    for tags in NUMBERS_OF_TAGS:
        with tempfile.TemporaryDirectory() as folder:
            figures = _measure(Path(folder), tags)
        first = first or figures
        print(f"{tags} tags")
        for page, (seconds, size) in figures.items():
            first_seconds, first_size = first[page]
            time_ratio, size_ratio = seconds / first_seconds, size / first_size
            print(
                f"  {page:20}{1e3 * seconds:7.2f} × {time_ratio:.2f}"
                f"{size / 1e3:9.1f} × {size_ratio:.2f}"
            )


def _measure(folder: Path, tags: int) -> dict[str, tuple[float, int]]:
    """Return the CPU seconds and the bytes of each page."""
    app, _ = new_site(folder, 1)
    _add_photos(folder / "catalog.sqlite3", tags)
    client = app.test_client()
    seconds = cpu_medians({page: partial(_get, client, page) for page in PAGES}, ROUNDS)
    return {page: (seconds[page], len(_get(client, page))) for page in PAGES}


def _add_photos(path: Path, tags: int) -> None:
    """Publish photos, each with tags that no other photo has."""
    with closing(SqliteDatabase(path)) as file, closing(SqliteCatalog(path)) as catalog:
        samples = islice(SamplePhotos(), tags // TAGS_OF_A_PHOTO)
        photos = [
            photo.next_version(
                tags=tuple(f"tag {number * TAGS_OF_A_PHOTO + n}" for n in range(TAGS_OF_A_PHOTO))
            )
            for number, photo in enumerate(samples)
        ]
        for start in range(0, len(photos), PHOTOS_IN_A_TRANSACTION):
            publish_all(file, catalog, photos[start : start + PHOTOS_IN_A_TRANSACTION])


def _get(client: FlaskClient, page: str) -> bytes:
    response = client.get(page)
    assert response.status_code == 200
    body: bytes = response.data
    return body


if __name__ == "__main__":
    main()
