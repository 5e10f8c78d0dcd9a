"""What can be wrong, and what is wrong with one photo that has been looked at."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain import object_keys, photo_ids
from app.domain.photo import Photo, PhotoState, PhotoSummary
from app.maintenance.snapshot import PhotoSnapshot

UPLOAD_GRACE = timedelta(
    minutes=15
)  # an upload may be under way for this long: its objects come before its record
EXPIRY_GRACE = timedelta(
    days=4
)  # AWS takes its time to remove what has expired: lifecycle rules run daily, TTL within days


class FindingKind(StrEnum):
    """The kinds of findings; docs/operations.md says what each means and what to do."""

    MISSING = "missing object"
    WRONG_SIZE = "wrong size"
    DAMAGED = "damaged object"
    HALF_DELETED = "half deleted"
    ORPHAN = "object without photo"
    UNRECORDED = "photo without record"
    EXPIRED = "expired trash"
    STALE = "stale record"
    NEWER = "newer record"
    DRIFT = "listing drift"
    UNLISTABLE = "listing without photo"
    MISCOUNTED = "tag count"
    MISRECKONED = "usage count"


# No change under way looks like these: a look finds the same version before and after, and objects come before records.
NEVER_TRANSIENT = frozenset(
    {
        FindingKind.MISSING,
        FindingKind.WRONG_SIZE,
        FindingKind.DAMAGED,
        FindingKind.DRIFT,
        FindingKind.UNLISTABLE,
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be: `kind` in a word or two, `what` names it."""

    kind: str
    what: str
    photo_id: str = ""


def diagnose(
    snapshot: PhotoSnapshot, now: datetime, uploading: timedelta = UPLOAD_GRACE
) -> tuple[Finding, ...]:
    """What is wrong with one photo.

    What could be an upload begun less than `uploading` ago is not; where that is 0 nothing at all is under way.
    """
    photo = snapshot.photo
    if photo is None:
        found: Iterable[tuple[FindingKind, str]] = _of_no_photo(snapshot, now, uploading)
    elif photo.state is PhotoState.TRASHED:
        found = (
            _of_trashed(snapshot, photo, now) if not uploading or not _is_moving(photo, now) else ()
        )
    else:
        found = _of_shown(snapshot, photo)
    return tuple(
        Finding(kind, what, snapshot.photo_id) for kind, what in (*found, *_drift(snapshot, now))
    )


_Found = Iterator[tuple[FindingKind, str]]


def _of_no_photo(snapshot: PhotoSnapshot, now: datetime, uploading: timedelta) -> _Found:
    if not snapshot.sizes or (
        photo_ids.is_photo_id(snapshot.photo_id)
        and photo_ids.timestamp_of(snapshot.photo_id) > now - uploading
    ):
        return
    told = snapshot.latest_sidecar
    outside = sorted(key for key in snapshot.sizes if not key.startswith(object_keys.TRASH_PREFIX))
    if outside or told is None:
        yield from ((FindingKind.ORPHAN, key) for key in outside or sorted(snapshot.sizes))
    elif has_expired(told, now - EXPIRY_GRACE):
        yield FindingKind.EXPIRED, snapshot.photo_id
    elif snapshot.is_complete(told) and not has_expired(told, now):
        yield FindingKind.UNRECORDED, snapshot.photo_id


def _of_trashed(snapshot: PhotoSnapshot, photo: Photo, now: datetime) -> _Found:
    half = {key for key in snapshot.sizes if not key.startswith(object_keys.TRASH_PREFIX)}
    if half or photo.lease_expires_at is not None:
        yield FindingKind.HALF_DELETED, snapshot.photo_id
    if has_expired(photo, now):
        return
    yield from (
        (FindingKind.MISSING, object_keys.trashed(key))
        for key in photo.object_keys
        if not snapshot.has_public_or_trashed(key)
    )
    if not half and photo.lease_expires_at is None:
        yield from _of_record(snapshot, photo, object_keys.trashed_sidecar(photo.photo_id))
    known = {
        *map(object_keys.trashed, photo.object_keys),
        object_keys.trashed_sidecar(photo.photo_id),
    }
    yield from ((FindingKind.ORPHAN, key) for key in sorted(snapshot.sizes.keys() - known - half))


def _of_shown(snapshot: PhotoSnapshot, photo: Photo) -> _Found:
    yield from (
        (FindingKind.MISSING, key) for key in photo.object_keys if key not in snapshot.sizes
    )
    if snapshot.sizes.get(original := photo.object_keys[-1], photo.bytes) != photo.bytes:
        yield (
            FindingKind.WRONG_SIZE,
            f"{original}: {snapshot.sizes[original]} bytes, {photo.bytes} were stored",
        )
    yield from _of_record(snapshot, photo, object_keys.sidecar(photo.photo_id))
    extra = snapshot.sizes.keys() - {*photo.object_keys, object_keys.sidecar(photo.photo_id)}
    # What the trash has of a photo that was restored stays there until it expires.
    yield from (
        (FindingKind.ORPHAN, key)
        for key in sorted(extra)
        if not key.startswith(object_keys.TRASH_PREFIX)
    )


def _of_record(snapshot: PhotoSnapshot, photo: Photo, key: str) -> _Found:
    if key not in snapshot.sizes:
        yield FindingKind.STALE, f"{key} (it is missing)"
    elif (told := snapshot.sidecars[key]) is not None and told.version > photo.version:
        yield FindingKind.NEWER, key
    elif told != photo:
        yield FindingKind.STALE, key


def _drift(snapshot: PhotoSnapshot, now: datetime) -> _Found:
    if snapshot.photo is None:
        listed = (
            listing for listing, summary in snapshot.listed.items() if not _is_going(summary, now)
        )
        yield from (
            (FindingKind.UNLISTABLE, f"{snapshot.photo_id} in {listing}")
            for listing in sorted(listed)
        )
        return
    wanted = dict.fromkeys(snapshot.photo.listings, snapshot.photo.summary)
    gone = (
        wanted.keys() - snapshot.listed.keys()
        if has_expired(snapshot.photo, now)
        else frozenset[str]()
    )
    for listing in sorted({*wanted, *snapshot.listed} - gone):
        if wanted.get(listing) != snapshot.listed.get(listing):
            yield FindingKind.DRIFT, f"{snapshot.photo_id} in {listing}"


def _is_moving(photo: Photo, now: datetime) -> bool:
    """Whether a deletion or its undo may be under way."""
    return photo.lease_expires_at is not None and now.timestamp() < photo.lease_expires_at


def _is_going(summary: PhotoSummary, now: datetime) -> bool:
    """Whether AWS is about to remove the listing as it has removed the record."""
    return has_expired(summary, now) and not has_expired(summary, now - EXPIRY_GRACE)


def has_expired(photo: Photo | PhotoSummary, now: datetime) -> bool:
    """Whether the photo is trashed and its time is over."""
    return photo.expires_at is not None and photo.expires_at < now.timestamp()
