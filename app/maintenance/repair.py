"""Repair the findings of the integrity check. No repair loses a photo."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial

from app.domain.errors import EditConflict, PhotoNotFound
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, Role
from app.maintenance.albums.album_repair import AlbumRepair
from app.maintenance.albums.link_check import LinkMismatch
from app.maintenance.albums.membership_check import MembershipMismatch
from app.maintenance.albums.snapshot import AlbumSnapshot
from app.maintenance.counter_checks import TagCountMismatch, UsageMismatch
from app.maintenance.findings import Finding, FindingKind
from app.maintenance.integrity_check import IntegrityCheck, Problem
from app.maintenance.repair_action import NEWER, RepairAction
from app.maintenance.snapshot import PhotoSnapshot, find_or_none
from app.maintenance.trash_repair import TrashRepair
from app.services.downloads.checksums import Checksums
from app.services.photo_moves import PhotoMoves
from app.services.photo_objects import PhotoObjects
from app.services.record_writer import RecordWriter

_LOST = "skipped: the object is lost. Run `import` with an export, or hide the photo: --hide-broken"
_WRONG_CONTENT = (
    "skipped: the object is not what was uploaded. "
    "Replace it from an export or from an earlier object version"
)
_MANY_ORPHANS = (
    "skipped: so many photos have no record that a table is probably lost. "
    "Run `rebuild --apply` first, or use --all-orphans"
)
_MAY_BE_LOST = (
    "skipped: its record may be lost, or its upload was interrupted. `rebuild --apply` adds the "
    "record, `repair --apply --all-orphans` moves the photo to the trash"
)
_DAMAGED_SIDECAR = (
    "skipped: the sidecar is damaged. Correct it, or delete the sidecar and the objects yourself"
)
_FOREIGN_OBJECT = "skipped: the object belongs to no photo. Inspect it, and delete it yourself"


class Repair:
    """Iterate over it to get the repairs. Run or skip each one before you request the next.

    Args:
        check: Finds the problems.
        hide_broken: Hide photos whose objects are lost.
        all_orphans: Remove orphaned objects even if records may be lost.
    """

    def __init__(
        self, check: IntegrityCheck, *, hide_broken: bool = False, all_orphans: bool = False
    ) -> None:
        self._check = check
        self._catalog = check.backend.catalog
        self._objects = check.backend.objects
        photo_objects = PhotoObjects(check.backend.objects, 1)
        self._trash = TrashRepair(check.backend, photo_objects)
        self._moves = PhotoMoves(check.backend, photo_objects, lambda: datetime.now(UTC))
        records = RecordWriter(self._catalog, photo_objects)
        self._checksums = Checksums(self._objects, records)
        self._albums = AlbumRepair(check.backend, photo_objects)
        self._hide_broken = hide_broken
        self._all_orphans = all_orphans

    def __iter__(self) -> Iterator[RepairAction]:
        for problem in self._check.problems():
            yield from self._actions(problem)

    def _actions(self, problem: Problem) -> Iterator[RepairAction]:
        match problem.subject:
            case TagCountMismatch() as mismatch:
                description = f"set the count to {mismatch.actual}"
                apply = partial(self._set_tag_count, mismatch)
                yield RepairAction(problem.findings, description, apply)
            case UsageMismatch() as mismatch:
                apply = partial(self._set_usage, mismatch)
                yield RepairAction(problem.findings, "set the counter to the actual usage", apply)
            case PhotoSnapshot() as snapshot:
                for kind in dict.fromkeys(finding.kind for finding in problem.findings):
                    findings = tuple(found for found in problem.findings if found.kind == kind)
                    yield self._action(FindingKind(kind), findings, snapshot)
            case AlbumSnapshot() as album:
                yield from self._albums.actions(album, problem.findings)
            case MembershipMismatch() as mismatch:
                yield self._albums.membership_action(mismatch)
            case LinkMismatch(photo_id):
                apply = partial(self._albums.follow_links, photo_id)
                yield RepairAction(problem.findings, "move its objects", apply)
            case _:
                yield RepairAction(problem.findings, _FOREIGN_OBJECT)

    def _action(
        self, kind: FindingKind, findings: tuple[Finding, ...], snapshot: PhotoSnapshot
    ) -> RepairAction:
        photo, sidecar = snapshot.photo, snapshot.latest_sidecar
        match kind:
            case (
                FindingKind.LISTING_MISMATCH
                | FindingKind.SEARCH_MISMATCH
                | FindingKind.ORPHANED_LISTING
            ):
                apply = partial(self._sync_listings, snapshot)
                return RepairAction(findings, "make the listings match the record", apply)
            case FindingKind.ORPHANED_OBJECT:
                return self._repair_orphan(findings, snapshot)
            case FindingKind.MISSING_RECORD if sidecar:
                apply = partial(self._catalog.import_photo, sidecar)
                return RepairAction(findings, "import the record from the sidecar", apply)
            case FindingKind.EXPIRED_TRASH:
                return self._remove_all(findings, snapshot)
            case FindingKind.NEWER_SIDECAR:
                return RepairAction(findings, NEWER)
            case FindingKind.MISSING_OBJECT if photo:
                return self._repair_missing(findings, snapshot, photo)
        return self._rewrite(kind, findings, photo)

    def _rewrite(
        self, kind: FindingKind, findings: tuple[Finding, ...], photo: Photo | None
    ) -> RepairAction:
        """Return the action that makes the store match the record."""
        match kind:
            case FindingKind.INCOMPLETE_MOVE if photo:
                apply = partial(self._complete_move, photo)
                return RepairAction(findings, f"complete the move to {photo.state.prefix}", apply)
            case FindingKind.STALE_SIDECAR if photo:
                apply = partial(self._trash.rewrite_sidecar, photo)
                return RepairAction(findings, "rewrite the sidecar", apply)
            case FindingKind.MISSING_CHECKSUM if photo:
                apply = partial(self._store_checksum, photo.photo_id)
                return RepairAction(findings, "store the checksum of the original", apply)
        return RepairAction(findings, _WRONG_CONTENT)

    def _repair_orphan(
        self, findings: tuple[Finding, ...], snapshot: PhotoSnapshot
    ) -> RepairAction:
        if snapshot.photo:
            keys = [finding.detail for finding in findings]
            return RepairAction(findings, "delete", partial(self._objects.delete, keys))
        if self._check.catalog_seems_lost and not self._all_orphans:
            return RepairAction(findings, _MANY_ORPHANS)
        sidecar = snapshot.latest_sidecar
        if snapshot.sidecars and sidecar is None:
            return RepairAction(findings, _DAMAGED_SIDECAR)
        # A crash between the sidecar and the record of an upload leaves the same.
        is_deleted = sidecar is None or sidecar.state is PhotoState.TRASHED
        if not (is_deleted or self._all_orphans):
            return RepairAction(findings, _MAY_BE_LOST)
        if sidecar and snapshot.has_object(sidecar.object_keys[-1]):
            apply = partial(self._trash.trash_orphan, sidecar, snapshot.sizes)
            return RepairAction(findings, "move to the trash for 30 days", apply)
        return self._remove_all(findings, snapshot)

    def _repair_missing(
        self, findings: tuple[Finding, ...], snapshot: PhotoSnapshot, photo: Photo
    ) -> RepairAction:
        if all(snapshot.has_object(finding.detail) for finding in findings):
            apply = partial(self._complete_move, photo)
            return RepairAction(findings, "copy back from the trash", apply)
        if self._hide_broken and photo.state.is_in_albums:
            return RepairAction(findings, "hide the photo", partial(self._hide, photo))
        return RepairAction(findings, _LOST)

    def _remove_all(self, findings: tuple[Finding, ...], snapshot: PhotoSnapshot) -> RepairAction:
        keys = list(snapshot.sizes)
        apply = partial(self._delete_without_record, snapshot.photo_id, keys)
        return RepairAction(findings, "delete", apply)

    def _sync_listings(self, snapshot: PhotoSnapshot) -> None:
        # Another repair may have changed the record since the check, such as a completed move.
        photo = find_or_none(self._catalog, snapshot.photo_id)
        current = photo.entry_keys if photo else ()
        keys = sorted({*snapshot.listed, *snapshot.expected, *current})
        self._catalog.sync_listings(snapshot.photo_id, photo, keys)

    def _set_tag_count(self, mismatch: TagCountMismatch) -> None:
        if not self._catalog.compare_and_set_tag_count(
            mismatch.tag, mismatch.stored, mismatch.actual
        ):
            raise EditConflict(mismatch.tag)

    def _set_usage(self, mismatch: UsageMismatch) -> None:
        if not self._catalog.compare_and_set_usage(mismatch.stored, mismatch.actual):
            raise EditConflict(mismatch.actual.counter)

    def _delete_without_record(self, photo_id: str, keys: Iterable[str]) -> None:
        if find_or_none(self._catalog, photo_id):
            raise EditConflict(photo_id)
        self._objects.delete(keys)

    def _complete_move(self, photo: Photo) -> None:
        with suppress(PhotoNotFound):  # it was to be deleted permanently
            self._moves.complete(photo)

    def _store_checksum(self, photo_id: str) -> None:
        # Another repair may have changed the record since the check, such as a completed move.
        photo = find_or_none(self._catalog, photo_id)
        if photo and photo.crc32 is None:
            self._checksums.store(photo, self._checksums.compute(photo))

    def _hide(self, photo: Photo) -> None:
        self._moves.hide(photo, Role.ADMIN)
