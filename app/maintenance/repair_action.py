"""One repair of findings of the integrity check."""

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.errors import (
    AlbumConflict,
    AlreadyPublished,
    EditConflict,
    ObjectNotFound,
    PhotoBusy,
    StorageError,
)
from app.maintenance.findings import Finding

NEWER = "skipped: the catalog may be an old backup. `rebuild --apply` imports the newer record"


@dataclass(frozen=True, slots=True)
class RepairAction:
    """One repair of one or more findings.

    `apply` is None if only the operator can repair them. It raises EditConflict, AlreadyPublished
    or PhotoBusy if the photo has changed since it was inspected, or is changing, and AlbumConflict
    if the album has.
    """

    findings: tuple[Finding, ...]
    description: str
    apply: Callable[[], None] | None = None

    def run(self) -> str:
        """Apply the repair. Return the reason if it failed, an empty string if it succeeded."""
        if self.apply is None:
            return "skipped"
        try:
            self.apply()
        except (AlbumConflict, EditConflict, AlreadyPublished, PhotoBusy):
            return "changed in the meantime: run the check again"
        except (ObjectNotFound, StorageError) as error:
            return str(error)
        return ""
