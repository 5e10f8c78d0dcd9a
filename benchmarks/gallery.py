"""Measure pages and edits on sites with more and more photos: the cost must not grow.

`python -m benchmarks.gallery 10000 100000 1000000` measures other numbers than the default. The
requests go to the application of `benchmarks.collection` in this process, whose CPU time counts.
"""

import logging
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from app.storage.local.sqlite import SqliteCatalog
from benchmarks.collection import (
    ALBUM,
    CATALOG,
    COMMON,
    FIRST_UPLOAD,
    RARE,
    SECRET,
    SamplePhotos,
    collection,
    collections_folder,
    new_app,
    photo_in_the_middle,
)
from benchmarks.timing import print_ratios, print_sizes

SIZES = (10_000, 100_000)
REQUESTS = 20  # in each round, so that it is long enough to measure
ROUNDS = 15
TAG = SamplePhotos().words[0]
PAGES = {
    "the gallery": "/",
    "an older page": "/?before={}",
    "by date taken": "/?order=taken",
    "a photo": "/photos/{}",
    "a tag": f"/tags/{TAG}",
    "the most used tags": "/tags",
    "tags by name": f"/tags?start={TAG[0]}",
    "an album": f"/albums/{ALBUM.album_id}",
    "the list of albums": "/albums",
    "a year": f"/{FIRST_UPLOAD:%Y}",
    "a month": f"/{FIRST_UPLOAD:%Y/%m}",
    "1 common word": f"/search?q={COMMON[0]}+",
    "2 common words": f"/search?q={'+'.join(COMMON[:2])}+",
    "3 common words": f"/search?q={'+'.join(COMMON)}+",
    "the beginning of a word": f"/search?q={COMMON[0][:3]}",
    "a rare word": f"/search?q={RARE}+",
    "a rare and a common word": f"/search?q={RARE}+{COMMON[0]}+",
}
SCRIPT = {"Authorization": f"Bearer {SECRET}", "Accept": "application/json"}


class Site:
    """A site with many photos."""

    def __init__(self, folder: Path, photos: int) -> None:
        catalog = SqliteCatalog(folder / CATALOG)
        self._edited = photo_in_the_middle(catalog, photos)
        catalog.close()
        self._client = new_app(folder).test_client(use_cookies=False)

    def request(self, path: str) -> None:
        """Send one round of requests for a page."""
        for _ in range(REQUESTS):
            answer = self._client.get(path.format(self._edited.photo_id))
            assert answer.status_code == 200, answer.status

    def edit(self) -> None:
        """Send one round of edits of a title."""
        path = f"/photos/{self._edited.photo_id}/edit"
        for _ in range(REQUESTS):
            version = self._edited.version
            fields = {"title": f"Title {version}", "version": version}
            answer = self._client.post(path, data=fields, headers=SCRIPT)
            assert answer.status_code == 303, answer.status
            self._edited = self._edited.next_version()


def main(sizes: Sequence[int] = SIZES) -> None:
    """Print CPU times and ratios."""
    print(f"Requests on the local backend: ms of CPU time, and ratios to {sizes[0]} photos")
    print(f"(median of {ROUNDS} rounds of {REQUESTS} requests)")
    logging.getLogger("app.web.operations").setLevel(logging.WARNING)  # no line for each edit
    print_sizes(sizes)
    with collections_folder() as folder:
        sites = [Site(collection(folder, photos), photos) for photos in sizes]
        for name, path in PAGES.items():
            requests = [partial(site.request, path) for site in sites]
            print_ratios(name, requests, ROUNDS, REQUESTS)
        print_ratios("an edit of the title", [site.edit for site in sites], ROUNDS, REQUESTS)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or SIZES)
