"""Return a photo as JSON, with no more than its page shows.

A missing text is an empty string, and any other missing value is None.
"""

from collections.abc import Iterator
from typing import Any

from app.domain import photo_ids
from app.domain.image.rendition_sizes import AVIF, JPEG, height_at
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, PhotoSummary
from app.web.rendering.photo_credit import license_url
from app.web.rendering.photo_names import photo_alt, photo_name
from app.web.rendering.photo_urls import absolute, original_url, photo_path, rendition_url

_IN_ALBUMS_ALONE = {PhotoState.UNLISTED, PhotoState.PRIVATE}


def summary_as_json(photo: Photo | PhotoSummary, listing: str | None = None) -> dict[str, Any]:
    """Return the fields of a photo that listings contain.

    Args:
        photo: The photo.
        listing: The value of the parameter `in` for the listing that shows the photo. The URL of
            an unlisted photo contains it.
    """
    shown_in = listing if photo.state in _IN_ALBUMS_ALONE else None
    return {
        "photo_id": photo.photo_id,
        "url": absolute(photo_path(photo.photo_id, shown_in)),
        "state": photo.state,
        "title": photo_name(photo),
        "alt": photo_alt(photo),
        "contributor_name": photo.contributor_name,
        "rights": photo.rights or "",
        "taken_at": photo.taken_at.isoformat() if photo.taken_at else None,
        "taken_precision": photo.taken_precision,
        "taken_about": photo.taken_about,
        "uploaded_at": photo_ids.timestamp_of(photo.photo_id).isoformat(),
        "width": photo.width,
        "height": photo.height,
        "placeholder": photo.placeholder,
        "renditions": list(_renditions(photo)),
    }


def photo_as_json(photo: Photo, listing: str | None = None) -> dict[str, Any]:
    """Return all fields of a photo: see `summary_as_json`."""
    return summary_as_json(photo, listing) | {
        "description": photo.description,
        "tags": list(photo.tags),
        "license_url": license_url(photo.credit),
        "original_url": absolute(original_url(photo)) if _has_images(photo) else None,
    }


def _renditions(photo: Photo | PhotoSummary) -> Iterator[dict[str, Any]]:
    """Yield the JPEGs, then the AVIFs, smallest first."""
    if not _has_images(photo):
        return
    for content_type, widths in ((JPEG, photo.widths), (AVIF, photo.avif_widths)):
        for width in widths:
            yield {
                "url": absolute(rendition_url(photo, width, content_type)),
                "width": width,
                "height": height_at(width, photo.width, photo.height),
                "content_type": content_type,
            }


def _has_images(photo: Photo | PhotoSummary) -> bool:
    """Return whether the images have URLs. The images of a photo in the trash have none."""
    return photo.state is not PhotoState.TRASHED
