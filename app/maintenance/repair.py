"""Repair: finish what a crash left half done, and put right what check names. No photo is ever lost by it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from app.domain import object_keys
from app.domain.errors import AlreadyPublished, EditConflict, ObjectNotFound, StorageError
from app.domain.photo import HiddenBy, Photo, PhotoState
from app.domain.usage import Usage
from app.maintenance.findings import Finding, FindingKind
from app.maintenance.integrity_check import IntegrityCheck, Problem, TagCountMismatch
from app.maintenance.snapshot import PhotoSnapshot, find_or_none
from app.maintenance.trash_repair import TrashRepair
from app.maintenance.usage_check import UsageMismatch

_LOST = "left: it is lost. Bring it back with `import` of an export, or hide the photo with --hide-broken"
_WRONG = "left: it is not what was stored. Put the right one in its place from an export or an earlier version"
_MANY_ORPHANS = "left: so much is without a record that a table must be lost. Run `rebuild` first, or say --all-orphans"
_NEWER = "left: an earlier catalog may have been put back. `rebuild` takes the newer record"
_UNREADABLE = "left: its record can't be read. Mend it, or remove record and objects yourself"
_FOREIGN_OBJECT = "left: no photo of Shoebox's. Look at it, and remove it yourself"


@dataclass(frozen=True, slots=True)
class RepairAction:
    """What is to be done about some findings, in words; `do` is None where repair leaves them to the operator.

    `do` raises EditConflict or AlreadyPublished when the photo has moved on since it was looked at.
    """

    findings: tuple[Finding, ...]
    description: str
    apply: Callable[[], None] | None = None

    def run(self) -> str:
        """Do it; gives what has become of it, "" when all is well."""
        if self.apply is None:
            return "left"
        try:
            self.apply()
        except (EditConflict, AlreadyPublished):
            return "changed meanwhile: look again"
        except (ObjectNotFound, StorageError) as error:
            return str(error)
        return ""


class Repair:
    """Iterating gives the steps, each to be run, or not, before the next is asked for.

    `hide_broken` hides photos whose objects are lost, `all_orphans` removes orphans even when there are so many that a
    table seems lost.
    """

    def __init__(
        self, check: IntegrityCheck, *, hide_broken: bool = False, all_orphans: bool = False
    ) -> None:
        self._check = check
        self._service = check.service
        self._mover = TrashRepair(check.service)
        self._hide_broken = hide_broken
        self._all_orphans = all_orphans

    def __iter__(self) -> Iterator[RepairAction]:
        return (step for suspicion in self._check.problems() for step in self._steps(suspicion))

    def _steps(self, suspicion: Problem) -> Iterator[RepairAction]:
        match suspicion.subject:
            case TagCountMismatch() as miscount:
                deed = f"set to {miscount.photos}"
                yield RepairAction(suspicion.findings, deed, partial(self._recount, miscount))
            case UsageMismatch(shown, real):
                yield RepairAction(
                    suspicion.findings, "set it to what is kept", partial(self._reckon, shown, real)
                )
            case PhotoSnapshot() as snapshot:
                for kind in dict.fromkeys(finding.kind for finding in suspicion.findings):
                    findings = tuple(found for found in suspicion.findings if found.kind == kind)
                    yield self._step(FindingKind(kind), findings, snapshot)
            case _:
                yield RepairAction(suspicion.findings, _FOREIGN_OBJECT)

    def _step(
        self, kind: FindingKind, findings: tuple[Finding, ...], snapshot: PhotoSnapshot
    ) -> RepairAction:
        photo, mover = snapshot.photo, self._mover
        match kind:
            case FindingKind.DRIFT | FindingKind.UNLISTABLE:
                return RepairAction(
                    findings, "list it as its record says", partial(self._relist, snapshot)
                )
            case FindingKind.ORPHAN:
                return self._orphan(findings, snapshot)
            case FindingKind.HALF_DELETED if photo:
                return RepairAction(
                    findings,
                    "move the rest to the trash",
                    partial(mover.finish_deletion, photo, snapshot.sizes),
                )
            case FindingKind.STALE if photo:
                return RepairAction(
                    findings, "write it anew", partial(mover.rewrite_sidecar, photo)
                )
            case FindingKind.MISSING if photo:
                return self._missing(findings, snapshot, photo)
            case FindingKind.UNRECORDED if told := snapshot.latest_sidecar:
                return RepairAction(
                    findings,
                    "put its record back",
                    partial(self._service.catalog.import_photo, told),
                )
            case FindingKind.EXPIRED:
                return RepairAction(
                    findings,
                    "remove it",
                    partial(self._remove_orphans, snapshot.photo_id, list(snapshot.sizes)),
                )
        return RepairAction(findings, _NEWER if kind is FindingKind.NEWER else _WRONG)

    def _orphan(self, findings: tuple[Finding, ...], snapshot: PhotoSnapshot) -> RepairAction:
        if snapshot.photo:
            unlisted = [finding.what for finding in findings]
            return RepairAction(
                findings, "remove it", partial(self._service.objects.delete, unlisted)
            )
        if self._check.seems_lost and not self._all_orphans:
            return RepairAction(findings, _MANY_ORPHANS)
        told = snapshot.latest_sidecar
        if snapshot.sidecars and told is None:
            return RepairAction(findings, _UNREADABLE)
        if told and snapshot.has_public_or_trashed(told.object_keys[-1]):
            return RepairAction(
                findings,
                "move it to the trash, for 30 days",
                partial(self._mover.trash_orphan, told, snapshot.sizes),
            )
        return RepairAction(
            findings,
            "remove it",
            partial(self._remove_orphans, snapshot.photo_id, list(snapshot.sizes)),
        )

    def _missing(
        self, findings: tuple[Finding, ...], snapshot: PhotoSnapshot, photo: Photo
    ) -> RepairAction:
        trashed = [
            finding.what
            for finding in findings
            if object_keys.trashed(finding.what) in snapshot.sizes
        ]
        if photo.state is not PhotoState.TRASHED and len(trashed) == len(findings):
            return RepairAction(
                findings,
                "copy it back from the trash",
                partial(self._mover.restore_objects, trashed),
            )
        if self._hide_broken and photo.state is PhotoState.PUBLIC:
            return RepairAction(findings, "hide the photo", partial(self._hide, photo))
        return RepairAction(findings, _LOST)

    def _relist(self, snapshot: PhotoSnapshot) -> None:
        listings = {*snapshot.listed, *(snapshot.photo.listings if snapshot.photo else ())}
        self._service.catalog.sync_listings(snapshot.photo_id, snapshot.photo, sorted(listings))

    def _recount(self, miscount: TagCountMismatch) -> None:
        if not self._service.catalog.compare_and_set_tag_count(
            miscount.tag, miscount.shown, miscount.photos
        ):
            raise EditConflict(miscount.tag)

    def _reckon(self, shown: Usage, real: Usage) -> None:
        if not self._service.catalog.compare_and_set_usage(shown, real):
            raise EditConflict(real.account)

    def _remove_orphans(self, photo_id: str, orphans: Iterable[str]) -> None:
        if find_or_none(self._service, photo_id):
            raise EditConflict(photo_id)
        self._service.objects.delete(orphans)

    def _hide(self, photo: Photo) -> None:
        hidden = photo.next_version(state=PhotoState.HIDDEN, hidden_by=HiddenBy.ADMIN)
        self._service.catalog.update(photo, hidden)
        self._mover.rewrite_sidecar(hidden)
