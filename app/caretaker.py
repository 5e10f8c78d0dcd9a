"""What keeps a collection whole: check it, and import into it."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.domain import ids, keys
from app.domain.errors import Busy, InvalidUpload, ObjectNotFound, PhotoNotFound
from app.domain.photo import Photo, State
from app.domain.upload import Upload, Words
from app.library import PhotoLibrary

UPLOADING = timedelta(minutes=15)  # an upload may be under way for this long: its objects come before its record


READERS = 8  # objects read at once


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be: `kind` in a word or two, `what` names it."""

    kind: str
    what: str


class Check:
    """Hold catalog and objects against each other; iterating gives the findings.

    Safe while the site serves: what looks wrong because of a change under way is looked at again before it is named.
    """

    def __init__(self, library: PhotoLibrary) -> None:
        self._library = library
        self._objects: set[str] = set()
        self._tags: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Finding]:
        started = datetime.now(UTC)
        # Objects first: a photo published meanwhile then has a record without objects here, and is looked at again.
        for prefix in (keys.PUBLIC_PREFIX, keys.TRASH_PREFIX, keys.RECORD_PREFIX):
            self._objects.update(stored.key for stored in self._library.objects.list(prefix))
        listed = self._listed()
        for photo in self._library.catalog.photos():
            yield from self._findings_of(photo, listed.pop(photo.photo_id, {}))
        yield from self._unlistable(listed)
        yield from self._orphans(started)
        yield from self._miscounted()

    def _listed(self) -> dict[str, dict[str, int]]:
        """For every photo id the feeds that list it, with a hash of the card each shows."""
        listed: dict[str, dict[str, int]] = {}
        for listing in self._library.catalog.listings():
            listed.setdefault(listing.card.photo_id, {})[listing.feed] = hash(listing.card)
        return listed

    def _findings_of(self, photo: Photo, listed: dict[str, int]) -> Iterator[Finding]:
        self._tags.update(photo.counted_tags)
        expected = _expected(photo)
        missing = sorted(expected - self._objects)
        self._objects -= expected
        if listed == {feed: hash(photo.card) for feed in photo.feeds} and not missing:
            return
        if self._has_moved_on(photo):
            return
        yield from (Finding("missing object", key) for key in missing if not self._library.objects.exists(key))
        drifted = {feed for feed in {*listed, *photo.feeds} if listed.get(feed) != self._shown(photo, feed)}
        yield from (Finding("listing drift", f"{photo.photo_id} in {feed}") for feed in sorted(drifted))

    def _shown(self, photo: Photo, feed: str) -> int | None:
        return hash(photo.card) if feed in photo.feeds else None

    def _has_moved_on(self, photo: Photo) -> bool:
        try:
            return self._library.catalog.get(photo.photo_id) != photo
        except PhotoNotFound:
            return True

    def _unlistable(self, listed: dict[str, dict[str, int]]) -> Iterator[Finding]:
        """Listings whose photo has no record."""
        for photo_id, feeds in sorted(listed.items()):
            try:
                self._library.catalog.get(photo_id)
            except PhotoNotFound:
                yield from (Finding("listing without photo", f"{photo_id} in {feed}") for feed in sorted(feeds))

    def _orphans(self, started: datetime) -> Iterator[Finding]:
        for key in sorted(self._objects):
            if self._is_orphan(key, started):
                yield Finding("object without photo", key)

    def _is_orphan(self, key: str, started: datetime) -> bool:
        photo_id = keys.photo_id_of(key)
        try:
            belongs = key in _expected(self._library.find(photo_id))
        except PhotoNotFound:
            belongs = ids.is_photo_id(photo_id) and ids.made_at(photo_id) > started - UPLOADING
        return not belongs and self._library.objects.exists(key)

    def _miscounted(self) -> Iterator[Finding]:
        counted = Counter({tag.tag: tag.count for tag in self._library.tags()})
        for tag in sorted({*counted, *self._tags}):
            if counted[tag] != self._tags[tag]:
                yield Finding("tag count", f"{tag}: {counted[tag]} shown, {self._tags[tag]} photos")


def stale_records(library: PhotoLibrary, photos: Iterable[Photo]) -> Iterator[Finding]:
    """The photos whose record sidecar does not say what the catalog says: one read a photo."""
    for photo in photos:
        key = keys.trashed_record(photo.photo_id) if photo.state is State.TRASHED else keys.record(photo.photo_id)
        try:
            if json.loads(library.objects.get(key)) != json.loads(json.dumps(photo.as_record())):
                yield Finding("stale record", key)
        except (ObjectNotFound, ValueError):
            yield Finding("stale record", key)


def audit(
    library: PhotoLibrary, fetch: Callable[[str], bytes], private_facts: Callable[[bytes], Iterable[str]]
) -> Iterator[tuple[str, list[Finding]]]:
    """Read every public object as a stranger does; gives each key with what is wrong with it.

    `fetch` reads an address and raises OSError; `private_facts` names what private data an object holds.
    """

    def look(key: str) -> tuple[str, list[Finding]]:
        try:
            told = private_facts(fetch(library.objects.url(key)))
        except OSError as error:
            return key, [Finding("unreadable", f"{key}: {error}")]
        return key, [Finding(fact, key) for fact in sorted(told)]

    with ThreadPoolExecutor(READERS) as readers:
        for photo in library.catalog.photos():
            if photo.state is not State.TRASHED:
                yield from readers.map(look, photo.object_keys)


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one file: a photo, an earlier photo of the same file, or an error in words."""

    path: Path
    photo_id: str | None = None
    earlier: bool = False
    error: str | None = None


IMPORTER = hashlib.sha256(b"import").hexdigest()[:32]  # no browser's contributor: the keeper changes what it owns


def files_in(folder: Path) -> list[Path]:
    """Every file below `folder` that is not hidden, by name."""
    visible = (
        path for path in folder.rglob("*") if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
    return sorted(path for path in visible if path.is_file())


def import_file(library: PhotoLibrary, path: Path) -> Imported:
    """Publish one file unless the library has it already, so that a broken-off import goes on where it stopped."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        if earlier := library.page(keys.sha256_feed(sha256), 1).cards:
            return Imported(path, earlier[0].photo_id, earlier=True)
        file.seek(0)
        upload = Upload(file=file, filename=path.name, words=Words(), owner=IMPORTER, upload_id="import")
        try:
            return Imported(path, library.publish(upload).photo.photo_id)
        except (InvalidUpload, Busy) as error:
            return Imported(path, error=str(error))


def _expected(photo: Photo) -> set[str]:
    """The objects a photo has when nothing is wrong or under way."""
    if photo.state is State.TRASHED:
        return {*map(keys.trashed, photo.object_keys), keys.trashed_record(photo.photo_id)}
    return {*photo.object_keys, keys.record(photo.photo_id)}
