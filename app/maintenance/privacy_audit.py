"""Search the images in the object store for private metadata, and remove it."""

import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from app.domain import object_keys
from app.domain.errors import EditConflict, ObjectNotFound, PhotoBusy
from app.domain.photo import Photo
from app.maintenance.concurrency import map_concurrently
from app.maintenance.findings import Finding
from app.maintenance.snapshot import find_or_none
from app.services.leases import Leases
from app.services.photo_objects import PhotoObjects
from app.services.ports import Backend, ObjectStore

_MAX_ATTEMPTS = 5  # at a record that visitors edit at the same time
_POLL_SECONDS = 2.0  # while a request moves the objects of the photo


def scan_objects(
    backend: Backend,
    fetch: Callable[[str], bytes],
    find_private_metadata: Callable[[bytes], Iterable[str]],
) -> Iterator[tuple[str, list[Finding]]]:
    """Read every image in the object store. Yield each key with its findings.

    Public objects are read by their URL. The objects of hidden and deleted photos become public
    again when the photo is unhidden or restored, so they are read too, from the object store. The
    keys come from the object store, since it may have objects of no record.

    Args:
        backend: The catalog and the object store.
        fetch: Reads a URL without credentials; raises OSError.
        find_private_metadata: Returns the kinds of private metadata in an image file.
    """

    def read(key: str) -> bytes:
        return fetch(backend.objects.url(key)) if _is_public(key) else backend.objects.get(key)

    def scan(key: str) -> tuple[str, list[Finding]]:
        try:
            kinds = find_private_metadata(read(key))
        except ObjectNotFound:  # its photo was just unhidden, restored or purged
            kinds = ()
        except OSError as error:
            return key, [Finding("unreadable", f"{key}: {error}")]
        return key, [Finding(kind, key) for kind in sorted(kinds)]

    return map_concurrently(scan, _image_keys(backend.objects))


def clean_object(backend: Backend, key: str, clean: Callable[[bytes], bytes]) -> bytes:
    """Replace an object by a clean one, and update the facts of the original in the photo's record.

    Args:
        backend: The catalog and the object store.
        key: The key of a public object, or of one that is hidden or in the trash.
        clean: Returns an image file without private metadata; raises UnreadableImage.

    Returns:
        The body that is stored now.

    Raises:
        UnreadableImage: The object cannot be cleaned.
        ObjectNotFound: The object was just moved or deleted.
        PhotoNotFound: The photo was just deleted permanently.
        EditConflict: Another request changes the photo.
        PhotoBusy: The objects of the photo are being moved.
    """
    photo_id = object_keys.photo_id_of(key)
    photo = find_or_none(backend.catalog, photo_id) if photo_id else None
    if _is_public(key):
        return _clean_public_object(backend, photo, key, clean)
    if photo is None:  # `check` reports the object
        body = clean(backend.objects.get(key))
        backend.objects.replace(key, body)
        return body
    return _clean_private_object(backend, photo, key, clean)


def _image_keys(objects: ObjectStore) -> Iterator[str]:
    """Yield the keys of all originals and renditions.

    The public ones are last: a photo that is unhidden or restored in the meantime is among them.
    """
    for prefix in reversed(object_keys.PHOTO_PREFIXES):
        for stored in objects.list(prefix):
            if not object_keys.is_private_sidecar(stored.key):
                yield stored.key


def _clean_public_object(
    backend: Backend, photo: Photo | None, key: str, clean: Callable[[bytes], bytes]
) -> bytes:
    """Clean without a lease. Hiding or deleting the photo at the same time wins."""
    if photo is not None and not photo.state.has_public_objects:
        raise EditConflict(photo.photo_id)
    body = clean(backend.objects.get(key))
    try:
        backend.objects.replace(key, body)
        if photo is not None and key == photo.stored_keys[-1]:
            _update_facts(backend, photo.photo_id, key, body)
    finally:
        if photo is not None:  # an object without a record stays; `check` reports it
            _delete_unless_public(backend, photo.photo_id, key)
    return body


def _clean_private_object(
    backend: Backend, photo: Photo, key: str, clean: Callable[[bytes], bytes]
) -> bytes:
    """Clean under a lease, so that no request moves or deletes the object at the same time."""
    body = clean(backend.objects.get(key))
    leases = Leases(backend.catalog, _now)
    settled = leases.wait(photo)
    if settled.lease_expires_at is not None:  # the site completes the interrupted move
        raise PhotoBusy
    if not backend.objects.exists(key):
        raise ObjectNotFound(key)
    leased = leases.acquire(settled)
    facts = _facts_of(body) if key == leased.stored_keys[-1] else {}
    cleaned = leased.next_version(lease_expires_at=None, **facts)
    try:
        backend.objects.replace(key, body)
        PhotoObjects(backend.objects, 1).put_sidecar(cleaned)
        backend.catalog.update(leased, cleaned)
    except BaseException:
        leases.release(leased)
        raise
    return body


def _facts_of(original: bytes) -> dict[str, int]:
    """Return the fields of a record that describe the bytes of the original."""
    return {"bytes": len(original), "crc32": zlib.crc32(original)}


def _update_facts(backend: Backend, photo_id: str, key: str, original: bytes) -> None:
    """Write the facts of an original to the record, unless the photo has another original now."""
    for _ in range(_MAX_ATTEMPTS):
        photo = find_or_none(backend.catalog, photo_id)
        if photo is None or key != photo.stored_keys[-1]:
            return
        updated = photo.next_version(**_facts_of(original))
        try:
            backend.catalog.update(photo, updated)
        except EditConflict:
            continue
        PhotoObjects(backend.objects, 1).put_sidecar(updated)
        return
    raise EditConflict(photo_id)


def _delete_unless_public(backend: Backend, photo_id: str, key: str) -> None:
    """Delete the object and the sidecar if they were stored after the photo was hidden or deleted.

    A request that is moving the objects is waited for. If it was interrupted, the site completes it
    and deletes them.
    """
    photo = find_or_none(backend.catalog, photo_id)
    while photo is not None and _is_moving(photo):
        time.sleep(_POLL_SECONDS)
        photo = find_or_none(backend.catalog, photo_id)
    is_public = photo is not None and photo.state.has_public_objects
    is_interrupted = photo is not None and photo.lease_expires_at is not None
    if is_interrupted:
        return
    if not is_public:
        backend.objects.delete([key, object_keys.sidecar(photo_id)])
    elif photo and key not in photo.stored_keys:  # it was rotated
        backend.objects.delete([key])


def _is_moving(photo: Photo) -> bool:
    now = _now().timestamp()
    return photo.lease_expires_at is not None and now < photo.lease_expires_at


def _is_public(key: str) -> bool:
    return key.startswith(object_keys.PUBLIC_PREFIX)


def _now() -> datetime:
    return datetime.now(UTC)
