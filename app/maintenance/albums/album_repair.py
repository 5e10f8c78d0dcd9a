"""Repair the findings of the check of albums. The record of an album decides, if there is one."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial

from app.domain.albums.album import Album
from app.domain.errors import AlbumConflict, PhotoBusy, PhotoNotFound
from app.maintenance.albums.membership_check import MembershipMismatch, find_membership_mismatch
from app.maintenance.albums.snapshot import AlbumSnapshot, find_album
from app.maintenance.findings import Finding, FindingKind
from app.maintenance.repair_action import NEWER, RepairAction
from app.services.albums.album_sidecars import AlbumSidecars
from app.services.moves.unlisted_photos import UnlistedPhotos
from app.services.photo_objects import PhotoObjects
from app.services.ports import Backend

_DAMAGED_SIDECAR = "skipped: the sidecar is damaged. Correct it, or delete it yourself"


class AlbumRepair:
    """Repairs albums, and the memberships of photos."""

    def __init__(self, backend: Backend, photo_objects: PhotoObjects) -> None:
        self._backend = backend
        self._sidecars = AlbumSidecars(backend.objects)
        self._unlisted_photos = UnlistedPhotos(backend, photo_objects, lambda: datetime.now(UTC))

    def actions(
        self, snapshot: AlbumSnapshot, findings: tuple[Finding, ...]
    ) -> Iterator[RepairAction]:
        """Yield the repairs of an album."""
        for kind in dict.fromkeys(finding.kind for finding in findings):
            of_kind = tuple(found for found in findings if found.kind == kind)
            description, apply = self._repair(FindingKind(kind), snapshot)
            yield RepairAction(of_kind, description, apply)

    def membership_action(self, mismatch: MembershipMismatch) -> RepairAction:
        """Return the repair of the memberships of a photo."""
        apply = partial(self._correct_memberships, mismatch.photo.photo_id)
        return RepairAction(mismatch.findings, "make the photo match its albums", apply)

    def follow_links(self, photo_id: str) -> None:
        """Let a photo follow the links of its albums."""
        with suppress(PhotoNotFound):  # it was just deleted permanently
            self._unlisted_photos.settle(photo_id)

    def _repair(
        self, kind: FindingKind, snapshot: AlbumSnapshot
    ) -> tuple[str, Callable[[], None] | None]:
        match kind:
            case FindingKind.MISSING_RECORD if snapshot.sidecar:
                create = partial(self._backend.albums.create, snapshot.sidecar)
                return "import the album from its sidecar", create
            case FindingKind.LISTING_MISMATCH | FindingKind.ORPHANED_LISTING:
                return "make the lists match the album", partial(self._sync_copies, snapshot)
            case FindingKind.STALE_SIDECAR:
                return "rewrite the sidecar", partial(self._write_sidecar, snapshot.album_id)
            case FindingKind.COVER_MISMATCH:
                cover = snapshot.cover or "none"
                return f"set the cover to {cover}", partial(self._set_cover, snapshot)
            case FindingKind.NEWER_SIDECAR:
                return NEWER, None
        return _DAMAGED_SIDECAR, None

    def _sync_copies(self, snapshot: AlbumSnapshot) -> None:
        # Another repair may have changed the record since the check.
        album = find_album(self._backend, snapshot.album_id)
        listings = {copy.listing for copy in snapshot.copies}
        self._backend.albums.sync_copies(snapshot.album_id, album, sorted(listings))

    def _set_cover(self, snapshot: AlbumSnapshot) -> None:
        album = find_album(self._backend, snapshot.album_id)
        if album is None or snapshot.album is None or album.cover != snapshot.album.cover:
            raise AlbumConflict(snapshot.album_id)
        self._backend.albums.update(album, album.next_version(cover=snapshot.cover))
        self._write_sidecar(album.album_id)

    def _write_sidecar(self, album_id: str) -> None:
        """Write the sidecar. Write it again if the album changes in the meantime."""
        written = None
        while (album := find_album(self._backend, album_id)) != written:
            written = self._write(album_id, album)

    def _write(self, album_id: str, album: Album | None) -> Album | None:
        if album:
            self._sidecars.write(album)
        else:  # it was just deleted
            self._sidecars.delete(album_id)
        return album

    def _correct_memberships(self, photo_id: str) -> None:
        mismatch = find_membership_mismatch(self._backend, photo_id)
        if mismatch is None:
            return
        if mismatch.photo.lease_expires_at is not None:
            raise PhotoBusy
        with suppress(PhotoNotFound):  # it was just deleted permanently
            self._unlisted_photos.change_albums(mismatch.photo, mismatch.albums)
