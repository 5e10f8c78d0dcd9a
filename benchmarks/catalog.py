"""Measure the local catalog: bytes a photo, pages, searches and edits at several numbers of photos.

`python -m benchmarks.catalog 10000 100000 1000000` measures other numbers than the default. The
photos are those of `benchmarks.collection`.
"""

import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from app.domain import object_keys
from app.domain.search_terms import SearchQuery
from app.storage.local.sqlite import SqliteCatalog
from benchmarks.collection import (
    CATALOG,
    COMMON,
    RARE,
    WITHOUT_DATE_OR_ALBUM,
    SamplePhotos,
    collection,
    collections_folder,
    fill,
    photo_in_the_middle,
)
from benchmarks.timing import print_ratios, print_sizes

SIZES = (1_000, 10_000)
ROUNDS = 15
PAGE_SIZE = 30
OTHER_FIELDS: Mapping[str, Mapping[str, Any]] = {
    "with a date": {"albums": ()},
    "without a date": WITHOUT_DATE_OR_ALBUM,
}


class FilledCatalog:
    """The catalog of a site with many photos."""

    def __init__(self, site: Path, photos: int) -> None:
        self.catalog = SqliteCatalog(site / CATALOG)
        self.bytes_per_photo = bytes_of_catalog(site) / photos
        self.words = SamplePhotos().words
        self.middle = photo_in_the_middle(self.catalog, photos)
        self.stopped_searches: set[str] = set()  # at their limit

    def operations(self) -> dict[str, Callable[[], object]]:
        """Return the measured operations by name."""
        newest = partial(self.catalog.page, object_keys.PUBLIC_LISTING, PAGE_SIZE)
        six = " ".join(self.words[:6])
        return {
            "the first page": newest,
            "a page in the middle": partial(newest, before=self.middle.photo_id),
            "1 common word": partial(self._search, COMMON[0]),
            "2 common words": partial(self._search, " ".join(COMMON[:2])),
            "3 common words": partial(self._search, " ".join(COMMON)),
            "a rare word": partial(self._search, RARE),
            "a rare and a common word": partial(self._search, f"{RARE} {COMMON[0]}"),
            "2 words that no photo has together": partial(self._search, "east west"),
            "8 words that no photo has together": partial(self._search, f"east west {six}"),
            "a photo": partial(self.catalog.get, self.middle.photo_id),
            "a tag, first page": partial(self.catalog.page, f"tag:{self.words[0]}", PAGE_SIZE),
            "the most used tags": partial(self.catalog.most_used_tags, 100),
            "an edit": self._edit,
        }

    def _search(self, words: str) -> None:
        results = self.catalog.search(SearchQuery.of(f"{words} "), PAGE_SIZE)
        if results.stopped_at is not None:
            self.stopped_searches.add(words)

    def _edit(self) -> None:
        after = self.middle.next_version(title=f"{self.words[7]} {self.middle.version}")
        self.catalog.update(self.middle, after)
        self.middle = after


def measure(folder: Path, sizes: Sequence[int]) -> None:
    """Print the bytes of photos, then the figures of each operation on all catalogs in turn."""
    catalogs = [FilledCatalog(collection(folder, photos), photos) for photos in sizes]
    for photos, filled in zip(sizes, catalogs, strict=True):
        print(f"{photos} photos with a date, in an album: {filled.bytes_per_photo:.0f} bytes each")
    print_other_bytes(min(sizes))
    print(f"ms of CPU time, and ratios to {sizes[0]} photos (medians of {ROUNDS} rounds)")
    print_sizes(sizes)
    operations = [filled.operations() for filled in catalogs]
    for name in operations[0]:
        print_ratios(name, [on_catalog[name] for on_catalog in operations], ROUNDS)
    for photos, filled in zip(sizes, catalogs, strict=True):
        print(f"partial pages of {photos} photos: {', '.join(filled.stopped_searches) or 'none'}")
        filled.catalog.close()


def print_other_bytes(photos: int) -> None:
    """Print the bytes of photos that are in fewer listings."""
    for name, fields in OTHER_FIELDS.items():
        with tempfile.TemporaryDirectory() as site:
            fill(Path(site), islice(SamplePhotos(fields), photos))
            size = bytes_of_catalog(Path(site)) / photos
            print(f"{photos} photos {name}: {size:.0f} bytes each")


def bytes_of_catalog(site: Path) -> int:
    """Return the size of the catalog's file."""
    return (site / CATALOG).stat().st_size


def main(sizes: Sequence[int] = SIZES) -> None:
    """Print bytes, times and ratios."""
    print("The local catalog")
    with collections_folder() as folder:
        measure(folder, sizes)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or SIZES)
