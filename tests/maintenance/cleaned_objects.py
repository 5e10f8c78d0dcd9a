"""Clean objects of photos."""

from app.domain import object_keys
from app.domain.photo import Photo


def original_of(photo: Photo) -> str:
    return object_keys.original(photo.photo_id, photo.content_type)


def halve(body: bytes) -> bytes:
    return body[: len(body) // 2]
