"""Measure the local catalog: bytes a photo, pages, searches and edits at several numbers of photos.

`python -m benchmarks.catalog 10000 100000 1000000` measures other numbers than the default. The
photos are published by the catalog itself, but 100 of them in one transaction, so that a million of
them do not wait a million times for the disk.
"""

import hashlib
import random
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import partial
from itertools import accumulate, count, cycle, islice
from pathlib import Path
from unittest.mock import patch

from app.domain import object_keys, photo_ids
from app.domain.photo import Photo
from app.domain.search_terms import SearchQuery
from app.storage.local.sqlite import SqliteCatalog
from app.storage.local.sqlite_database import SqliteDatabase
from benchmarks.gallery import new_photo
from benchmarks.timing import cpu_medians, wall_medians

SIZES = (1_000, 10_000)
ROUNDS = 15
PAGE_SIZE = 30
PLAIN = {"taken_at": None, "albums": ()}  # in no listing of a year or an album
PHOTOS_IN_A_TRANSACTION = 100
SECONDS_BETWEEN_PHOTOS = 30
_SYLLABLES = [first + second for first in "bdfghklmnprstvz" for second in "aeiou"]
_FIRST_UPLOAD = 1_600_000_000  # Unix time, in seconds


class SamplePhotos:
    """Photos with a title of 3 words, a description of 6 and 2 tags, by Zipf's law.

    Every second description has the word east, and the others have the word west. `fields` replace
    those of the photos of `benchmarks.gallery`, which have a date and are in an album.
    """

    def __init__(self, fields: Mapping[str, object] = PLAIN) -> None:
        self._fields = fields
        self._random = random.Random(1)  # noqa: S311  the same photos in each run
        words = {self._new_word() for _ in range(20_000)}
        self.words = sorted(words, key=lambda word: hashlib.sha256(word.encode()).digest())
        self._weights = list(accumulate(1 / rank for rank in range(10, len(self.words) + 10)))
        seconds = count(_FIRST_UPLOAD, SECONDS_BETWEEN_PHOTOS)
        self._side = cycle(("east", "west"))
        self._new_id = photo_ids.PhotoIdFactory(lambda: next(seconds))

    def __iter__(self) -> Iterator[Photo]:
        for number in count():
            photo_id = self._new_id()
            digest = hashlib.sha256(photo_id.encode()).hexdigest()
            yield new_photo(number).next_version(
                photo_id=photo_id,
                uploaded_at=photo_ids.timestamp_of(photo_id),
                title=self._text(3).capitalize(),
                description=f"{self._text(5)} {next(self._side)}",
                tags=tuple(dict.fromkeys(self._text(2).split())),
                sha256=digest,
                owner=digest[:2] * 16,
                idempotency_key=digest[::-1],
                **self._fields,
            )

    def _new_word(self) -> str:
        return "".join(self._random.choices(_SYLLABLES, k=self._random.randint(2, 4)))

    def _text(self, words: int) -> str:
        return " ".join(self._random.choices(self.words, cum_weights=self._weights, k=words))


def publish_all(file: SqliteDatabase, catalog: SqliteCatalog, photos: Sequence[Photo]) -> None:
    """Publish the photos in one transaction."""

    @contextmanager
    def joined(_: SqliteDatabase) -> Iterator[sqlite3.Connection]:
        yield db

    with file.transaction() as db, patch.object(SqliteDatabase, "transaction", joined):
        for photo in photos:
            catalog.publish(photo)


class FilledCatalog:
    """A catalog with a number of photos in a folder."""

    def __init__(self, folder: Path, photos: int, fields: Mapping[str, object] = PLAIN) -> None:
        self._path = folder / f"{photos}-{len(fields)}.sqlite3"
        self.catalog = SqliteCatalog(self._path)
        sample_photos = SamplePhotos(fields)
        self.words = sample_photos.words
        samples = iter(sample_photos)
        with closing(SqliteDatabase(self._path)) as file:
            with file.connection() as db:
                db.execute("PRAGMA cache_size = -256000")  # kB, while the catalog is filled
            for first in range(0, photos, PHOTOS_IN_A_TRANSACTION):
                group = list(islice(samples, min(PHOTOS_IN_A_TRANSACTION, photos - first)))
                publish_all(file, self.catalog, group)
                if first <= photos // 2:
                    self.middle = group[0]
        self.partial: set[str] = set()  # searches that stopped at their limit
        self.bytes_per_photo = self._path.stat().st_size / photos

    def operations(self) -> dict[str, Callable[[], object]]:
        """Return the measured operations by name."""
        newest = partial(self.catalog.page, object_keys.PUBLIC_LISTING, PAGE_SIZE)
        *common, _ = self.words[:4]
        rare = self.words[-1]
        six = " ".join(self.words[:6])
        return {
            "the first page": newest,
            "a page in the middle": partial(newest, before=self.middle.photo_id),
            "1 common word": partial(self._search, common[0]),
            "2 common words": partial(self._search, " ".join(common[:2])),
            "3 common words": partial(self._search, " ".join(common)),
            "a rare and a common word": partial(self._search, f"{rare} {common[0]}"),
            "2 words that no photo has together": partial(self._search, "east west"),
            "8 words that no photo has together": partial(self._search, f"east west {six}"),
            "a photo": partial(self.catalog.get, self.middle.photo_id),
            "a tag, first page": partial(self.catalog.page, f"tag:{common[0]}", PAGE_SIZE),
            "the most used tags": partial(self.catalog.most_used_tags, 100),
            "an edit": self._edit,
        }

    def _search(self, words: str) -> None:
        results = self.catalog.search(SearchQuery.of(f"{words} "), PAGE_SIZE)
        if results.stopped_at is not None:
            self.partial.add(words)

    def _edit(self) -> None:
        after = self.middle.next_version(title=f"{self.words[7]} {self.middle.version}")
        self.catalog.update(self.middle, after)
        self.middle = after


def measure(folder: Path, sizes: Sequence[int]) -> None:
    """Print the figures of one catalog after the other, and ratios to the first."""
    first: dict[str, float] = {}
    for photos in sizes:
        filled = FilledCatalog(folder, photos)
        print(f"{photos} photos: {filled.bytes_per_photo:.0f} bytes a photo")
        cpu = cpu_medians(filled.operations(), ROUNDS)
        wall = wall_medians(filled.operations(), ROUNDS)
        first = first or cpu
        for name, seconds in cpu.items():
            ratio = seconds / first[name]
            print(f"  {name:36}{1e3 * seconds:7.2f} × {ratio:5.2f}{1e3 * wall[name]:9.2f}")
        print(f"  partial pages: {', '.join(filled.partial) or 'none'}")
        filled.catalog.close()


def print_other_bytes(folder: Path, photos: int) -> None:
    """Print the bytes of photos that are in the listings of a year and of an album."""
    for name, fields in {"with a date": {"albums": ()}, "with a date, in an album": {}}.items():
        filled = FilledCatalog(folder, photos, fields)
        print(f"{photos} photos {name}: {filled.bytes_per_photo:.0f} bytes a photo")
        filled.catalog.close()


def main(sizes: Sequence[int] = SIZES) -> None:
    """Print sizes, times and ratios."""
    print("The local catalog: ms of CPU time, ratio to the first size, ms of wall-clock time")
    print(f"(medians of {ROUNDS} rounds)")
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), sizes)
        print_other_bytes(Path(folder), sizes[-1])


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or SIZES)
