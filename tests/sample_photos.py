"""Photos for tests. Imports only the domain, so that programs started by tests can use it."""

from typing import Any

from app.domain import photo_ids
from app.domain.image.rendition_sizes import AVIF_WIDTHS, JPEG_WIDTHS
from app.domain.photo import Photo

_next_id = photo_ids.PhotoIdFactory()


def make_photo(**changes: Any) -> Photo:
    """A valid public photo with an id, a file and a form of its own, newer than any made before."""
    photo_id = changes.pop("photo_id", None) or _next_id()
    facts: dict[str, Any] = {
        "photo_id": photo_id,
        "title": "A pier at dusk",
        "description": "",
        "tags": (),
        "alt": "",
        "uploaded_at": photo_ids.timestamp_of(photo_id),
        "taken_at": None,
        "width": 4032,
        "height": 3024,
        "content_type": "image/jpeg",
        "bytes": 3_141_592,
        "crc32": 2_718_281_828,
        "sha256": f"{photo_id:0>64}",
        "widths": JPEG_WIDTHS,
        "avif_widths": AVIF_WIDTHS,
        "placeholder": "#8090a0",
        "colors": "0123456789ab" * 3,
        "owner": "0" * 32,
        "idempotency_key": f"upload of {photo_id}",
    }
    return Photo(**(facts | changes))
