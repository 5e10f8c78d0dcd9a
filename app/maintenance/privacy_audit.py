"""Search the public objects for private metadata, and remove it."""

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from app.domain import object_keys
from app.domain.errors import EditConflict
from app.domain.photo import Photo, PhotoState
from app.maintenance.concurrency import map_concurrently
from app.maintenance.findings import Finding
from app.maintenance.snapshot import find_or_none
from app.services.photo_objects import PhotoObjects
from app.services.ports import Backend

_MAX_ATTEMPTS = 5  # at a record that visitors edit at the same time
_POLL_SECONDS = 2.0  # while a request moves the objects of the photo


def scan_public_objects(
    backend: Backend,
    fetch: Callable[[str], bytes],
    find_private_metadata: Callable[[bytes], Iterable[str]],
) -> Iterator[tuple[str, list[Finding]]]:
    """Read every public object by its URL. Yield each key with its findings.

    The keys come from the object store, since it may have objects of no record.

    Args:
        backend: The catalog and the object store.
        fetch: Reads a URL without credentials; raises OSError.
        find_private_metadata: Returns the kinds of private metadata in an image file.
    """

    def scan(key: str) -> tuple[str, list[Finding]]:
        try:
            kinds = find_private_metadata(fetch(backend.objects.url(key)))
        except OSError as error:
            return key, [Finding("unreadable", f"{key}: {error}")]
        return key, [Finding(kind, key) for kind in sorted(kinds)]

    keys = (stored.key for stored in backend.objects.list(object_keys.PUBLIC_PREFIX))
    return map_concurrently(scan, keys)


def clean_public_object(backend: Backend, key: str, clean: Callable[[bytes], bytes]) -> bytes:
    """Replace a public object by a clean one, and update the size in its photo's record.

    Hiding or deleting the photo at the same time wins: it leaves no public object.

    Returns:
        The body that is stored now.

    Raises:
        UnreadableImage: The object cannot be cleaned.
        ObjectNotFound: The object was just deleted.
        EditConflict: The photo is hidden or in the trash, or others change it all the time.
    """
    photo_id = object_keys.photo_id_of(key)
    photo = find_or_none(backend.catalog, photo_id)
    if photo is not None and photo.state is not PhotoState.PUBLIC:
        raise EditConflict(photo_id)
    body = clean(backend.objects.get(key))
    try:
        backend.objects.put(key, body)
        if photo is not None and key == _original_key(photo):
            _update_size(backend, photo_id, len(body))
    finally:
        if photo is not None:  # an object without a record stays; `check` reports it
            _delete_unless_public(backend, photo_id, key)
    return body


def _update_size(backend: Backend, photo_id: str, size: int) -> None:
    for _ in range(_MAX_ATTEMPTS):
        photo = find_or_none(backend.catalog, photo_id)
        if photo is None or photo.state is not PhotoState.PUBLIC:
            return
        updated = photo.next_version(bytes=size)
        try:
            backend.catalog.update(photo, updated)
        except EditConflict:
            continue
        PhotoObjects(backend.objects, 1).put_sidecar(updated)
        return
    raise EditConflict(photo_id)


def _delete_unless_public(backend: Backend, photo_id: str, key: str) -> None:
    """Delete what was stored after the photo was hidden or deleted: the object and the sidecar.

    A request that is moving the objects is waited for. If it was interrupted, the site completes it
    and deletes them.
    """
    photo = find_or_none(backend.catalog, photo_id)
    while photo is not None and _is_moving(photo):
        time.sleep(_POLL_SECONDS)
        photo = find_or_none(backend.catalog, photo_id)
    is_public = photo is not None and photo.state is PhotoState.PUBLIC
    is_interrupted = photo is not None and photo.lease_expires_at is not None
    if not is_public and not is_interrupted:
        backend.objects.delete([key, object_keys.sidecar(photo_id)])


def _is_moving(photo: Photo) -> bool:
    now = datetime.now(UTC).timestamp()
    return photo.lease_expires_at is not None and now < photo.lease_expires_at


def _original_key(photo: Photo) -> str:
    return object_keys.original(photo.photo_id, photo.content_type)
