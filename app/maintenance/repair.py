"""Repair: finish what a crash left half done, and put right what check names. No photo is ever lost by it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from app.domain import object_keys
from app.domain.errors import AlreadyPublished, EditConflict, ObjectNotFound, StorageError
from app.domain.photo import Hider, Photo, State
from app.domain.usage import Usage
from app.maintenance.findings import Finding, Kind
from app.maintenance.integrity_check import Check, Miscount, Suspicion
from app.maintenance.snapshot import Look, find
from app.maintenance.trash_repair import Mover
from app.maintenance.usage_check import Misreckoning

_LOST = "left: it is lost. Bring it back with `import` of an export, or hide the photo with --hide-broken"
_WRONG = "left: it is not what was stored. Put the right one in its place from an export or an earlier version"
_MASS = "left: so much is without a record that a table must be lost. Run `rebuild` first, or say --all-orphans"
_NEWER = "left: an earlier catalog may have been put back. `rebuild` takes the newer record"
_UNREADABLE = "left: its record can't be read. Mend it, or remove record and objects yourself"
_ALIEN = "left: no photo of Shoebox's. Look at it, and remove it yourself"


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done about some findings, in words; `do` is None where repair leaves them to the operator.

    `do` raises EditConflict or AlreadyPublished when the photo has moved on since it was looked at.
    """

    findings: tuple[Finding, ...]
    deed: str
    do: Callable[[], None] | None = None

    def run(self) -> str:
        """Do it; gives what has become of it, "" when all is well."""
        if self.do is None:
            return "left"
        try:
            self.do()
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

    def __init__(self, check: Check, *, hide_broken: bool = False, all_orphans: bool = False) -> None:
        self._check = check
        self._library = check.library
        self._mover = Mover(check.library)
        self._hide_broken = hide_broken
        self._all_orphans = all_orphans

    def __iter__(self) -> Iterator[Step]:
        return (step for suspicion in self._check.suspicions() for step in self._steps(suspicion))

    def _steps(self, suspicion: Suspicion) -> Iterator[Step]:
        match suspicion.subject:
            case Miscount() as miscount:
                deed = f"set to {miscount.photos}"
                yield Step(suspicion.findings, deed, partial(self._recount, miscount))
            case Misreckoning(shown, real):
                yield Step(suspicion.findings, "set it to what is kept", partial(self._reckon, shown, real))
            case Look() as look:
                for kind in dict.fromkeys(finding.kind for finding in suspicion.findings):
                    findings = tuple(found for found in suspicion.findings if found.kind == kind)
                    yield self._step(Kind(kind), findings, look)
            case _:
                yield Step(suspicion.findings, _ALIEN)

    def _step(self, kind: Kind, findings: tuple[Finding, ...], look: Look) -> Step:
        photo, mover = look.photo, self._mover
        match kind:
            case Kind.DRIFT | Kind.UNLISTABLE:
                return Step(findings, "list it as its record says", partial(self._relist, look))
            case Kind.ORPHAN:
                return self._orphan(findings, look)
            case Kind.HALF_DELETED if photo:
                return Step(findings, "move the rest to the trash", partial(mover.finish_deletion, photo, look.sizes))
            case Kind.STALE if photo:
                return Step(findings, "write it anew", partial(mover.keep_record, photo))
            case Kind.MISSING if photo:
                return self._missing(findings, look, photo)
            case Kind.UNRECORDED if told := look.told:
                return Step(findings, "put its record back", partial(self._library.catalog.adopt, told))
            case Kind.EXPIRED:
                return Step(findings, "remove it", partial(self._remove_orphans, look.photo_id, list(look.sizes)))
        return Step(findings, _NEWER if kind is Kind.NEWER else _WRONG)

    def _orphan(self, findings: tuple[Finding, ...], look: Look) -> Step:
        if look.photo:
            unlisted = [finding.what for finding in findings]
            return Step(findings, "remove it", partial(self._library.objects.delete, unlisted))
        if self._check.seems_lost and not self._all_orphans:
            return Step(findings, _MASS)
        told = look.told
        if look.sidecars and told is None:
            return Step(findings, _UNREADABLE)
        if told and look.has_anywhere(told.object_keys[-1]):
            return Step(findings, "move it to the trash, for 30 days", partial(self._mover.set_aside, told, look.sizes))
        return Step(findings, "remove it", partial(self._remove_orphans, look.photo_id, list(look.sizes)))

    def _missing(self, findings: tuple[Finding, ...], look: Look, photo: Photo) -> Step:
        trashed = [finding.what for finding in findings if object_keys.trashed(finding.what) in look.sizes]
        if photo.state is not State.TRASHED and len(trashed) == len(findings):
            return Step(findings, "copy it back from the trash", partial(self._mover.copy_back, trashed))
        if self._hide_broken and photo.state is State.PUBLIC:
            return Step(findings, "hide the photo", partial(self._hide, photo))
        return Step(findings, _LOST)

    def _relist(self, look: Look) -> None:
        feeds = {*look.listed, *(look.photo.feeds if look.photo else ())}
        self._library.catalog.relist(look.photo_id, look.photo, sorted(feeds))

    def _recount(self, miscount: Miscount) -> None:
        if not self._library.catalog.recount(miscount.tag, miscount.shown, miscount.photos):
            raise EditConflict(miscount.tag)

    def _reckon(self, shown: Usage, real: Usage) -> None:
        if not self._library.catalog.reckon(shown, real):
            raise EditConflict(real.account)

    def _remove_orphans(self, photo_id: str, orphans: Iterable[str]) -> None:
        if find(self._library, photo_id):
            raise EditConflict(photo_id)
        self._library.objects.delete(orphans)

    def _hide(self, photo: Photo) -> None:
        hidden = photo.revised(state=State.HIDDEN, hidden_by=Hider.KEEPER)
        self._library.catalog.revise(photo, hidden)
        self._mover.keep_record(hidden)
