"""Read every object whole: as a stranger does, and as one who wonders whether it is still what was stored."""

import hashlib
from collections.abc import Callable, Iterable, Iterator

from app.domain.errors import ObjectNotFound
from app.domain.photo import Photo, PhotoState
from app.maintenance.concurrency import map_concurrently
from app.maintenance.findings import Finding, FindingKind
from app.maintenance.snapshot import stored_keys
from app.services.photo_service import PhotoService

IMAGE_WORKERS = 2  # objects decoded at once: each may take the memory of its photo's pixels


def scan_public_objects(
    service: PhotoService,
    fetch: Callable[[str], bytes],
    private_facts: Callable[[bytes], Iterable[str]],
) -> Iterator[tuple[str, list[Finding]]]:
    """Read every public object as a stranger does; gives each key with what is wrong with it.

    `fetch` reads an address and raises OSError; `private_facts` names what private data an object holds.
    """

    def snapshot(key: str) -> tuple[str, list[Finding]]:
        try:
            told = private_facts(fetch(service.objects.url(key)))
        except OSError as error:
            return key, [Finding("unreadable", f"{key}: {error}")]
        return key, [Finding(fact, key) for fact in sorted(told)]

    shown = (photo for photo in service.catalog.photos() if photo.state is not PhotoState.TRASHED)
    return map_concurrently(snapshot, (key for photo in shown for key in photo.object_keys))


def find_undecodable(
    service: PhotoService, photos: Iterable[Photo], is_sound: Callable[[bytes], bool]
) -> Iterator[Finding]:
    """The objects that can't be decoded any more: one read an object.

    The record's hash is of the file as it was sent. An original that still has it is proven whole, any other has to
    decode (`is_sound`), which finds what is cut off or torn, but not every changed bit.
    """

    def read(photo: Photo) -> list[Finding]:
        return [
            Finding(FindingKind.DAMAGED, key, photo.photo_id)
            for key in stored_keys(photo)
            if not _is_whole(photo, key)
        ]

    def _is_whole(photo: Photo, key: str) -> bool:
        try:
            body = service.objects.get(key)
        except ObjectNotFound:  # named as missing, unless the photo was deleted just now
            return True
        return hashlib.sha256(body).hexdigest() == photo.sha256 or is_sound(body)

    return (
        found for findings in map_concurrently(read, photos, IMAGE_WORKERS) for found in findings
    )
