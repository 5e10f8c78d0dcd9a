"""Check albums: their sidecars, their copies, their covers, and the photos that name them.

The integrity check adds up the entries that it reads in its passes (`sums`). Each album whose sum
is not zero is then read again. If there is any, one more pass over the photos reads those in these
albums again.
"""

import time
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from itertools import islice
from typing import TypeAlias

from app.domain.albums.album import Album
from app.domain.albums.memberships import Membership
from app.domain.photo import Photo
from app.maintenance.albums.membership_check import MembershipMismatch, find_membership_mismatch
from app.maintenance.albums.sidecars import find_stale_album_sidecars
from app.maintenance.albums.snapshot import (
    AlbumSnapshot,
    diagnose_album,
    find_album,
    take_album_snapshot,
)
from app.maintenance.albums.sums import AlbumSums
from app.maintenance.findings import Finding
from app.maintenance.progress import ProgressCallback, no_progress
from app.maintenance.reconciliation import Reconciliation
from app.services.ports import Backend

_PHOTOS_AT_ONCE = 10_000  # whose ids are in memory
_ALBUMS_KEPT = 1000

FindAlbum: TypeAlias = Callable[[str], Album | None]
AlbumProblem: TypeAlias = tuple[AlbumSnapshot | MembershipMismatch, tuple[Finding, ...]]


class AlbumCheck:
    """Finds mismatches of albums. For one thread.

    Args:
        backend: The catalog and the object store.
        recheck_after: Seconds to wait before findings are checked again. Zero reports them at once.
        progress: Gets each iterator of a pass.
        sleep: Waits for a number of seconds.
    """

    def __init__(
        self,
        backend: Backend,
        *,
        recheck_after: float = 0.0,
        progress: ProgressCallback = no_progress,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._backend = backend
        self._recheck_after = recheck_after
        self._progress = progress
        self._sleep = sleep
        self._reconciliation = Reconciliation()
        self.sums = AlbumSums(self._reconciliation)

    def close(self) -> None:
        """Delete the temporary file."""
        self._reconciliation.close()

    def force_stale_sidecars(self) -> None:
        """Read the sidecar of every album."""
        albums = self._progress("album sidecars", self._backend.albums.all())
        self.sums.force(find_stale_album_sidecars(self._backend.objects, albums))

    def problems(self) -> Iterator[AlbumProblem]:
        """Yield the problems of albums, then those of their photos.

        Repair each one before you request the next: the covers of albums decide which photos are
        marked.
        """
        yield from self._albums()
        yield from self._photos()

    def _albums(self) -> Iterator[AlbumProblem]:
        for album_id in self._progress("albums", self.sums.doubtful()):
            for snapshot, findings in self._inspect(album_id):
                if not self._recheck_after:
                    yield snapshot, findings
                self._reconciliation.note_first_findings(album_id, map(repr, findings))
        if self._recheck_after and any(self._reconciliation.keys_to_recheck()):
            self._sleep(self._recheck_after)
            yield from self._recheck_albums()

    def _recheck_albums(self) -> Iterator[AlbumProblem]:
        for album_id in self._reconciliation.keys_to_recheck():
            first = self._reconciliation.first_findings(album_id)
            for snapshot, findings in self._inspect(album_id):
                lasting = tuple(finding for finding in findings if repr(finding) in first)
                if lasting:
                    yield snapshot, lasting

    def _inspect(self, album_id: str) -> Iterator[tuple[AlbumSnapshot, tuple[Finding, ...]]]:
        """Yield the album if anything is wrong with it."""
        snapshot = take_album_snapshot(self._backend, album_id, self.sums.lists_of(album_id))
        findings = diagnose_album(snapshot) if snapshot else ()
        if snapshot and findings:
            yield snapshot, findings

    def _photos(self) -> Iterator[AlbumProblem]:
        photo_ids = self._photos_to_inspect()
        while batch := list(islice(photo_ids, _PHOTOS_AT_ONCE)):
            first = {photo_id: self._findings_of(photo_id) for photo_id in batch}
            found = [photo_id for photo_id, findings in first.items() if findings]
            if found and self._recheck_after:
                self._sleep(self._recheck_after)
            for photo_id in found:
                mismatch = find_membership_mismatch(self._backend, photo_id)
                if mismatch and first[photo_id].issuperset(mismatch.findings):
                    yield mismatch, mismatch.findings

    def _findings_of(self, photo_id: str) -> frozenset[Finding]:
        mismatch = find_membership_mismatch(self._backend, photo_id)
        return frozenset(mismatch.findings if mismatch else ())

    def _photos_to_inspect(self) -> Iterator[str]:
        """Yield the photos of the albums to inspect that may be wrong."""
        if not any(self.sums.doubtful()):
            return
        find = lru_cache(_ALBUMS_KEPT)(partial(find_album, self._backend))
        for photo in self._progress("photos in albums", self._backend.catalog.photos()):
            if any(self._may_be_wrong(photo, membership, find) for membership in photo.albums):
                yield photo.photo_id

    def _may_be_wrong(self, photo: Photo, membership: Membership, find: FindAlbum) -> bool:
        if not self.sums.is_doubtful(membership.album_id):
            return False
        album = find(membership.album_id)
        return membership.cover is not None or album is None or album.cover == photo.photo_id
