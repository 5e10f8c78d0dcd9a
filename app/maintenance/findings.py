"""The kinds of damage that a check reports. docs/operations.md explains each of them."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from app.domain import batches

# An upload stores its objects before its record, and may take 15 minutes. The time in its id may be
# that of a batch that began earlier.
UPLOAD_GRACE = batches.LIFETIME + timedelta(minutes=15)
# S3 applies lifecycle rules once a day; DynamoDB deletes expired items within a few days.
EXPIRY_GRACE = timedelta(days=4)


class FindingKind(StrEnum):
    """The kind of a fault. The commands print the value."""

    MISSING_OBJECT = "missing object"
    WRONG_SIZE = "wrong size"
    DAMAGED_OBJECT = "damaged object"
    MISSING_CHECKSUM = "missing checksum"
    INCOMPLETE_MOVE = "incomplete move"
    ORPHANED_OBJECT = "orphaned object"
    MISSING_RECORD = "missing record"
    EXPIRED_TRASH = "expired trash"
    STALE_SIDECAR = "stale sidecar"
    NEWER_SIDECAR = "newer sidecar"
    LISTING_MISMATCH = "listing mismatch"
    ORPHANED_LISTING = "orphaned listing entry"
    SEARCH_MISMATCH = "search index mismatch"
    TAG_COUNT_MISMATCH = "tag count mismatch"
    USAGE_COUNT_MISMATCH = "usage count mismatch"
    COVER_MISMATCH = "album cover mismatch"
    UNKNOWN_ALBUM = "unknown album"
    LINK_MISMATCH = "link mismatch"


# A change in progress cannot cause these: a snapshot has the same version at its start and end, and
# a photo's objects are stored before its record.
NEVER_TRANSIENT = frozenset(
    {
        FindingKind.MISSING_OBJECT,
        FindingKind.WRONG_SIZE,
        FindingKind.DAMAGED_OBJECT,
        FindingKind.MISSING_CHECKSUM,
        FindingKind.LISTING_MISMATCH,
        FindingKind.ORPHANED_LISTING,
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    `kind` is a FindingKind, or the kind of private metadata that an audit found. `detail` names the
    object, listing or counter. `photo_id` is empty if no photo is affected.
    """

    kind: str
    detail: str
    photo_id: str = ""
