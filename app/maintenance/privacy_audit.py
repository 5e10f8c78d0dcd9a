"""Search the public objects for private metadata, and remove it."""

from collections.abc import Callable, Iterable, Iterator

from app.domain import object_keys
from app.domain.errors import EditConflict, PhotoNotFound
from app.domain.photo import Photo, PhotoState
from app.maintenance.concurrency import map_concurrently
from app.maintenance.findings import Finding
from app.services.photo_objects import PhotoObjects
from app.services.ports import Backend

_MAX_ATTEMPTS = 5  # at a record that visitors edit at the same time


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


def clean_public_object(backend: Backend, key: str, clean: Callable[[bytes], bytes]) -> None:
    """Replace a public object by a clean one, and update the size in its photo's record.

    A deletion at the same time wins: it leaves no public object.

    Raises:
        UnreadableImage: The object cannot be cleaned.
        ObjectNotFound: The object was just deleted.
    """
    body = clean(backend.objects.get(key))
    backend.objects.put(key, body)
    photo = _find_photo(backend, key)
    if photo is not None and photo.state is PhotoState.TRASHED:
        backend.objects.delete([key])
    elif photo is not None and key == _original_key(photo):
        _update_size(backend, photo, len(body))


def _update_size(backend: Backend, photo: Photo, size: int) -> None:
    for _ in range(_MAX_ATTEMPTS):
        updated = photo.next_version(bytes=size)
        try:
            backend.catalog.update(photo, updated)
        except EditConflict:
            photo = backend.catalog.get(photo.photo_id)
            continue
        PhotoObjects(backend.objects).put_sidecar(updated)
        return
    raise EditConflict(photo.photo_id)


def _find_photo(backend: Backend, key: str) -> Photo | None:
    try:
        return backend.catalog.get(object_keys.photo_id_of(key))
    except PhotoNotFound:  # an orphan, which `check` reports
        return None


def _original_key(photo: Photo) -> str:
    return object_keys.original(photo.photo_id, photo.content_type)
