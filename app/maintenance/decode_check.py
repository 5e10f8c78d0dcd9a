"""Read every object and find the damaged ones."""

import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator

from app.domain.errors import ObjectNotFound
from app.domain.photo import Photo
from app.maintenance.concurrency import map_concurrently
from app.maintenance.findings import Finding, FindingKind
from app.services.ports import Backend

# Photos decoded at the same time: each may need the memory of all its pixels.
PHOTOS_AT_ONCE = 2


def find_undecodable(
    backend: Backend, photos: Iterable[Photo], is_decodable: Callable[[bytes], bool]
) -> Iterator[Finding]:
    """Yield a finding for each damaged object: one read an object.

    The record has the CRC-32 of the original, and the SHA-256 of the uploaded file. An original
    with the CRC-32 is intact. One of an earlier version, without a CRC-32, is if it has the hash.
    Any other object must decode, which detects truncated files but not every changed bit.
    """

    def read(photo: Photo) -> list[Finding]:
        damaged = [key for key in photo.stored_keys if not is_intact(photo, key)]
        return [Finding(FindingKind.DAMAGED_OBJECT, key, photo.photo_id) for key in damaged]

    def is_intact(photo: Photo, key: str) -> bool:
        try:
            body = backend.objects.get(key)
        except ObjectNotFound:  # the check reports it as missing, unless it was just deleted
            return True
        if key == photo.stored_keys[-1] and photo.crc32 is not None:
            return zlib.crc32(body) == photo.crc32
        return hashlib.sha256(body).hexdigest() == photo.sha256 or is_decodable(body)

    for findings in map_concurrently(read, photos, PHOTOS_AT_ONCE):
        yield from findings
