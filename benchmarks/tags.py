"""Measure the pages of tags on a site with few tags and on one with many."""

import tempfile
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path

from flask.testing import FlaskClient

from app.domain.photo import Photo
from benchmarks.collection import SamplePhotos, fill, new_app
from benchmarks.timing import cpu_medians

NUMBERS_OF_TAGS = (500, 50_000)
TAGS_OF_A_PHOTO = 5
PAGES = ("/tags", "/tags?start=tag 3", "/tags.json")
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
    fill(folder, islice(_photos_with_own_tags(), tags // TAGS_OF_A_PHOTO))
    client = new_app(folder).test_client()
    seconds = cpu_medians({page: partial(_get, client, page) for page in PAGES}, ROUNDS)
    return {page: (seconds[page], len(_get(client, page))) for page in PAGES}


def _photos_with_own_tags() -> Iterator[Photo]:
    """Yield photos, each with tags that no other photo has."""
    for number, photo in enumerate(SamplePhotos()):
        first = number * TAGS_OF_A_PHOTO
        tags = tuple(f"tag {first + place}" for place in range(TAGS_OF_A_PHOTO))
        yield photo.next_version(tags=tags)


def _get(client: FlaskClient, page: str) -> bytes:
    response = client.get(page)
    assert response.status_code == 200
    body: bytes = response.data
    return body


if __name__ == "__main__":
    main()
