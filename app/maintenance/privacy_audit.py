"""Read every object: the public ones for private metadata, all of them for damage."""

import hashlib
from collections.abc import Callable, Iterable, Iterator

from app.domain.errors import ObjectNotFound
from app.domain.photo import Photo, PhotoState
from app.maintenance.concurrency import map_concurrently
from app.maintenance.findings import Finding, FindingKind
from app.maintenance.sidecars import stored_keys
from app.services.ports import Backend

IMAGE_WORKERS = 2  # objects decoded at the same time; each may need the memory of all its pixels


def scan_public_objects(
    backend: Backend,
    fetch: Callable[[str], bytes],
    find_private_metadata: Callable[[bytes], Iterable[str]],
) -> Iterator[tuple[str, list[Finding]]]:
    """Read every public object by its URL. Yield each key with its findings.

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

    return map_concurrently(scan, _public_keys(backend))


def find_undecodable(
    backend: Backend, photos: Iterable[Photo], is_decodable: Callable[[bytes], bool]
) -> Iterator[Finding]:
    """Yield a finding for each damaged object: one read an object.

    The record has the SHA-256 of the uploaded file. An original with this hash is intact. Any other
    object must decode, which detects truncated files but not every changed bit.
    """

    def read(photo: Photo) -> list[Finding]:
        damaged = [key for key in stored_keys(photo) if not is_intact(photo, key)]
        return [Finding(FindingKind.DAMAGED_OBJECT, key, photo.photo_id) for key in damaged]

    def is_intact(photo: Photo, key: str) -> bool:
        try:
            body = backend.objects.get(key)
        except ObjectNotFound:  # the check reports it as missing, unless it was just deleted
            return True
        return hashlib.sha256(body).hexdigest() == photo.sha256 or is_decodable(body)

    for findings in map_concurrently(read, photos, IMAGE_WORKERS):
        yield from findings


def _public_keys(backend: Backend) -> Iterator[str]:
    for photo in backend.catalog.photos():
        if photo.state is not PhotoState.TRASHED:
            yield from photo.object_keys
