"""Diagnose one photo: compare its snapshot with the expected entries and objects."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from app.domain import object_keys, photo_ids
from app.domain.listings.entries import ListingEntry
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, PhotoSummary
from app.maintenance.findings import EXPIRY_GRACE, UPLOAD_GRACE, Finding, FindingKind
from app.maintenance.snapshot import PhotoSnapshot

_Details = Iterator[tuple[FindingKind, str]]  # the kind and the object or entry


def diagnose(
    snapshot: PhotoSnapshot, now: datetime, upload_grace: timedelta = UPLOAD_GRACE
) -> tuple[Finding, ...]:
    """Return everything that is wrong with one photo.

    Args:
        snapshot: The photo.
        now: The current time.
        upload_grace: Objects without a record count as an upload in progress until they are older
            than this. Zero means that the site is stopped and no change at all is in progress.
    """
    found = (*_diagnose_objects(snapshot, now, upload_grace), *_diagnose_listings(snapshot, now))
    return tuple(Finding(kind, detail, snapshot.photo_id) for kind, detail in found)


def has_expired(photo: Photo | PhotoSummary, now: datetime) -> bool:
    """Return whether the photo is in the trash and its retention time is over."""
    return photo.expires_at is not None and photo.expires_at < now.timestamp()


def _diagnose_objects(snapshot: PhotoSnapshot, now: datetime, upload_grace: timedelta) -> _Details:
    photo = snapshot.photo
    if photo is None:
        if not _may_be_uploading(snapshot.photo_id, now, upload_grace):
            yield from _diagnose_without_record(snapshot, now)
    elif not upload_grace or not _holds_lease(photo, now):
        yield from _diagnose_with_record(snapshot, photo, now)


def _diagnose_without_record(snapshot: PhotoSnapshot, now: datetime) -> _Details:
    photo = snapshot.latest_sidecar
    outside_trash = snapshot.keys_outside_trash
    if outside_trash or photo is None:
        for key in outside_trash or sorted(snapshot.sizes):
            yield FindingKind.ORPHANED_OBJECT, key
    elif has_expired(photo, now - EXPIRY_GRACE):
        yield FindingKind.EXPIRED_TRASH, snapshot.photo_id
    elif snapshot.is_complete(photo) and not has_expired(photo, now):
        yield FindingKind.MISSING_RECORD, snapshot.photo_id


def _diagnose_with_record(snapshot: PhotoSnapshot, photo: Photo, now: datetime) -> _Details:
    is_incomplete = photo.lease_expires_at is not None or bool(snapshot.keys_outside(photo))
    if is_incomplete:
        yield FindingKind.INCOMPLETE_MOVE, snapshot.photo_id
    if has_expired(photo, now):
        return
    yield from _diagnose_missing(snapshot, photo)
    if not is_incomplete:
        yield from _diagnose_sidecar(snapshot, photo)
    # A restored photo's copies in the trash stay there until they expire.
    expected = {*photo.stored_keys, photo.sidecar_key}
    for key in sorted(snapshot.sizes):
        is_public = key.startswith(object_keys.PUBLIC_PREFIX)
        is_unnamed = key.startswith(photo.state.prefix) and key not in expected
        # A move takes only the objects that the record names.
        if is_unnamed or (is_public and key not in photo.object_keys):
            yield FindingKind.ORPHANED_OBJECT, key


def _diagnose_missing(snapshot: PhotoSnapshot, photo: Photo) -> _Details:
    """Find objects that are missing, and an original of a wrong size or without a checksum.

    An object that a move has not reached yet is not missing.
    """
    is_trashed = photo.state is PhotoState.TRASHED
    prefixes = object_keys.PHOTO_PREFIXES if is_trashed else object_keys.PREFIXES_OUTSIDE_TRASH
    for key in photo.stored_keys:
        if not snapshot.has_object(key, prefixes):
            yield FindingKind.MISSING_OBJECT, key
    original = photo.stored_keys[-1]
    size = snapshot.sizes.get(original, photo.bytes)
    if size != photo.bytes:
        detail = f"{original}: {size} bytes, expected {photo.bytes}"
        yield FindingKind.WRONG_SIZE, detail
    elif photo.crc32 is None and snapshot.has_object(original):
        yield FindingKind.MISSING_CHECKSUM, original


def _diagnose_sidecar(snapshot: PhotoSnapshot, photo: Photo) -> _Details:
    key = photo.sidecar_key
    if key not in snapshot.sizes:
        yield FindingKind.STALE_SIDECAR, f"{key} (missing)"
        return
    sidecar = snapshot.sidecars[key]
    if sidecar is not None and sidecar.version > photo.version:
        yield FindingKind.NEWER_SIDECAR, key
    elif sidecar != photo:
        yield FindingKind.STALE_SIDECAR, key


def _diagnose_listings(snapshot: PhotoSnapshot, now: datetime) -> _Details:
    photo = snapshot.photo
    if photo is None:
        for key, entry in sorted(snapshot.listed.items()):
            if entry.summary is None or not _is_expiring(entry.summary, now):
                yield FindingKind.ORPHANED_LISTING, str(key)
        return
    for key in sorted({*snapshot.expected, *snapshot.listed}):
        listed = snapshot.listed.get(key)
        if listed is None and has_expired(photo, now):
            continue  # AWS has deleted the expired entry, and will delete the record
        expected = snapshot.expected.get(key)
        if listed != expected:
            yield _mismatch(listed or expected), str(key)


def _mismatch(entry: ListingEntry | None) -> FindingKind:
    """Return the kind of a wrong entry. That of a search term has no summary on AWS."""
    is_term = entry is not None and entry.listing.startswith(object_keys.term_listing(""))
    if entry is not None and is_term and entry.summary is None:
        return FindingKind.SEARCH_MISMATCH
    return FindingKind.LISTING_MISMATCH


def _may_be_uploading(photo_id: str, now: datetime, upload_grace: timedelta) -> bool:
    if not photo_ids.is_photo_id(photo_id):
        return False
    return photo_ids.timestamp_of(photo_id) > now - upload_grace


def _holds_lease(photo: Photo, now: datetime) -> bool:
    """Return whether a request may be moving the objects."""
    return photo.lease_expires_at is not None and now.timestamp() < photo.lease_expires_at


def _is_expiring(summary: PhotoSummary, now: datetime) -> bool:
    """Return whether AWS is about to delete the entry, as it has deleted the record."""
    return has_expired(summary, now) and not has_expired(summary, now - EXPIRY_GRACE)
