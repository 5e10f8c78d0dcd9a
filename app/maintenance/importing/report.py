"""The report of an import: numbers, and a few examples of everything that needs attention."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

_EXAMPLES = 5
_MAX_NAMES = 1_000  # of fields and albums that are counted; a hostile source could have any number


class Note(StrEnum):
    """The kind of a remark about one file. The commands print the value."""

    FAILED = "failed"
    PRESENT = "already here"
    SAME_FILE = "copies of another file"
    HIDDEN = "private or archived, so hidden here"
    TRASHED = "in the trash there, so left out"
    REPLACED = "left out for their edited copies"
    UNREADABLE_SIDECAR = "sidecars that cannot be read"
    UNMATCHED_SIDECAR = "sidecars without a photo"
    NO_SIDECAR = "photos without a sidecar"
    NO_DATE = "photos without a date"
    NOT_IN_ALBUM = "photos that are not in all of their albums"
    SHORTENED = "texts or tags that were too long"
    UNKNOWN_LICENSE = "licenses that are not known"
    VIDEO = "videos"
    RAW = "raw files"
    OTHER_FILE = "other files"


Listener = Callable[[Note, str], None]


def _ignore(_note: Note, _detail: str) -> None:
    pass


@dataclass(slots=True)
class Remarks:
    """All remarks of one kind: their number and the first ones."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, detail: str) -> None:
        """Count a remark, and keep it if it is one of the first."""
        self.count += 1
        if len(self.examples) < _EXAMPLES:
            self.examples.append(detail)


@dataclass(slots=True)
class ImportReport:
    """The report of one run.

    Args:
        listener: Called with each remark and the file, or the file and a reason.
    """

    listener: Listener = _ignore
    source: str = ""
    photos: int = 0  # that are new
    bytes: int = 0  # of their files
    with_sidecar: int = 0
    added: int = 0
    albums: Counter[str] = field(default_factory=Counter)
    unused: Counter[str] = field(default_factory=Counter)
    remarks: dict[Note, Remarks] = field(default_factory=dict)

    def note(self, note: Note, detail: str) -> None:
        """Add a remark about a file."""
        self.remarks.setdefault(note, Remarks()).add(detail)
        self.listener(note, detail)

    def fail(self, path: str, reason: object) -> None:
        """Add a file that is not imported, with the reason."""
        self.note(Note.FAILED, f"{path}: {reason}")

    def count_of(self, note: Note) -> int:
        """Return the number of remarks of one kind."""
        remarks = self.remarks.get(note)
        return remarks.count if remarks else 0

    def count_names(self, counter: Counter[str], names: frozenset[str]) -> None:
        """Count names in `albums` or `unused`. After the first thousand, no new ones are added."""
        counter.update(name for name in names if name in counter or len(counter) < _MAX_NAMES)
