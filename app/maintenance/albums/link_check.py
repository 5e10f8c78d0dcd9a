"""Find unlisted photos that do not follow the links of their albums.

The objects of an unlisted photo are public only while an album that has the photo is open.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial

from app.domain.albums.album import Album
from app.domain.albums.link import LAST_REQUESTS
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.maintenance.albums.snapshot import find_album
from app.maintenance.findings import Finding, FindingKind
from app.maintenance.snapshot import find_or_none
from app.services.ports import Backend

_MOST = 10_000  # photos whose ids are in memory; the next check finds the others
_ALBUMS_KEPT = 1000


@dataclass(frozen=True, slots=True)
class LinkMismatch:
    """A photo that does not follow the links of its albums, and the problem."""

    photo_id: str
    findings: tuple[Finding, ...]


class LinkCheck:
    """Finds photos that do not follow the links of their albums. For one thread.

    Args:
        backend: The catalog.
        recheck_after: Seconds to wait before findings are checked again.
        sleep: Waits for a number of seconds.
    """

    def __init__(
        self, backend: Backend, recheck_after: float, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._backend = backend
        self._recheck_after = recheck_after
        self._sleep = sleep
        self._find = lru_cache(_ALBUMS_KEPT)(partial(find_album, backend))
        self._doubtful: list[str] = []

    def add_photo(self, photo: Photo) -> None:
        """Note a photo that may not follow. One read for each album that was not read yet."""
        if len(self._doubtful) < _MOST and _problem_of(photo, self._find):
            self._doubtful.append(photo.photo_id)

    def problems(self) -> Iterator[LinkMismatch]:
        """Read the noted photos again, and yield those that are still wrong."""
        if self._doubtful and self._recheck_after:
            self._sleep(self._recheck_after)
        for photo_id in self._doubtful:
            photo = find_or_none(self._backend.catalog, photo_id)
            problem = photo and _problem_of(photo, partial(find_album, self._backend))
            if problem:
                finding = Finding(FindingKind.LINK_MISMATCH, problem, photo_id)
                yield LinkMismatch(photo_id, (finding,))


def _problem_of(photo: Photo, find: Callable[[str], Album | None]) -> str:
    """Return the problem of a photo, an empty text if it has none."""
    is_settled = photo.lease_expires_at is None and photo.state.is_in_albums
    if not photo.unlisted or not is_settled:
        return ""
    now = datetime.now(UTC)
    found = [find(membership.album_id) for membership in photo.albums]
    albums = [album for album in found if album]
    if any(_is_settling(album, now) for album in albums):
        return ""
    is_open = any(album.is_open(now) for album in albums)
    if is_open == (photo.state is PhotoState.UNLISTED):
        return ""
    detail = "private in an open album" if is_open else "public without an open album"
    return f"{photo.photo_id} is {detail}"


def _is_settling(album: Album, now: datetime) -> bool:
    """Return whether the background task is moving the photos of an album, or is about to."""
    return album.settle_at is not None and album.settle_at <= now < album.settle_at + LAST_REQUESTS
