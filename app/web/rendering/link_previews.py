"""Describe pages to programs that show links to them: link previews and JSON-LD."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, url_for

from app.domain import photo_ids
from app.domain.photo import Photo, PhotoSummary
from app.domain.rendition_sizes import height_at
from app.web.rendering.photo_urls import absolute, rendition_url

PREVIEW_WIDTH = 1200  # pixels: what link previews are shown at on dense screens


@dataclass(frozen=True, slots=True)
class LinkedRendition:
    """One rendition of a photo: absolute address and size in pixels."""

    url: str
    width: int
    height: int

    @classmethod
    def of(cls, photo: Photo | PhotoSummary, width: int) -> "LinkedRendition":
        """The one that is `width` pixels wide."""
        return cls(
            absolute(rendition_url(photo, width)),
            width,
            height_at(width, photo.width, photo.height),
        )


def preview(photo: Photo | PhotoSummary, width: int = PREVIEW_WIDTH) -> LinkedRendition:
    """The smallest rendition that is `width` pixels wide or wider, else the widest."""
    return LinkedRendition.of(
        photo, min((rung for rung in photo.widths if rung >= width), default=max(photo.widths))
    )


def image_object(photo: Photo) -> dict[str, Any]:
    """The photo as JSON-LD (https://schema.org/ImageObject)."""
    widest, smallest = (
        LinkedRendition.of(photo, max(photo.widths)),
        LinkedRendition.of(photo, min(photo.widths)),
    )
    facts = {
        "@context": "https://schema.org",
        "@type": "ImageObject",
        "name": photo.title,
        "description": photo.description,
        "caption": photo.alt,
        "keywords": ", ".join(photo.tags),
        "url": url_for("photos.show", photo_id=photo.photo_id, _external=True),
        "contentUrl": widest.url,
        "encodingFormat": "image/jpeg",
        "width": widest.width,
        "height": widest.height,
        "thumbnailUrl": smallest.url,
        "uploadDate": photo.uploaded_at.isoformat(),
        "dateCreated": photo.taken_at.isoformat() if photo.taken_at else "",
    }
    return {name: fact for name, fact in facts.items() if fact}


def init_app(app: Flask) -> None:
    """Add the helpers to the template globals."""
    app.jinja_env.globals.update(
        preview=preview,
        image_object=image_object,
        absolute=absolute,
        uploaded_at_of=photo_ids.timestamp_of,
    )
