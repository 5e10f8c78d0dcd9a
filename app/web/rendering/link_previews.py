"""Describe pages to programs that show links to them: link previews and JSON-LD."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, url_for

from app.domain import photo_ids
from app.domain.albums.album import Album
from app.domain.image.rendition_sizes import height_at
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, PhotoSummary
from app.web.rendering.photo_credit import json_ld_properties
from app.web.rendering.photo_names import photo_name
from app.web.rendering.photo_urls import absolute, rendition_url

PREVIEW_WIDTH = 1200  # pixels: the width of large link previews on high-density screens


@dataclass(frozen=True, slots=True)
class LinkedRendition:
    """The absolute URL of a rendition, and its size in pixels."""

    url: str
    width: int
    height: int

    @classmethod
    def of(cls, photo: Photo | PhotoSummary, width: int) -> "LinkedRendition":
        """Return the rendition that is `width` pixels wide."""
        return cls(
            absolute(rendition_url(photo, width)),
            width,
            height_at(width, photo.width, photo.height),
        )


def preview(photo: Photo | PhotoSummary, width: int = PREVIEW_WIDTH) -> LinkedRendition:
    """Return the smallest rendition of at least `width` pixels, or else the widest."""
    wide_enough = [candidate for candidate in photo.widths if candidate >= width]
    return LinkedRendition.of(photo, min(wide_enough, default=max(photo.widths)))


def image_object(photo: Photo) -> dict[str, Any]:
    """Return the photo as JSON-LD (https://schema.org/ImageObject)."""
    widest = LinkedRendition.of(photo, max(photo.widths))
    smallest = LinkedRendition.of(photo, min(photo.widths))
    properties = {
        "@context": "https://schema.org",
        "@type": "ImageObject",
        "name": photo_name(photo),
        "description": photo.description,
        "caption": photo.alt,
        "creator": _person(photo.contributor_name),
        "keywords": ", ".join(photo.tags),
        "url": url_for("photos.show", photo_id=photo.photo_id, _external=True),
        "contentUrl": widest.url,
        "encodingFormat": "image/jpeg",
        "width": widest.width,
        "height": widest.height,
        "thumbnailUrl": smallest.url,
        "uploadDate": photo.uploaded_at.isoformat(),
        "dateCreated": photo.taken.iso if photo.taken and not photo.taken.is_about else "",
        **json_ld_properties(photo.credit),
    }
    return {name: value for name, value in properties.items() if value}


def image_gallery(album: Album, cover: PhotoSummary | None) -> dict[str, Any]:
    """Return the album as JSON-LD (https://schema.org/ImageGallery)."""
    properties = {
        "@context": "https://schema.org",
        "@type": "ImageGallery",
        "name": album.title,
        "description": album.description,
        "url": url_for("albums.show", album_id=album.album_id, _external=True),
        "thumbnailUrl": _thumbnail_url(cover),
        "dateCreated": album.created_at.isoformat(),
    }
    return {name: value for name, value in properties.items() if value}


def _thumbnail_url(cover: PhotoSummary | None) -> str:
    """Return the address of a cover, an empty text for that of an unlisted photo: it is secret."""
    if cover is None or cover.state is not PhotoState.PUBLIC:
        return ""
    return LinkedRendition.of(cover, min(cover.widths)).url


def _person(name: str) -> dict[str, str] | None:
    return {"@type": "Person", "name": name} if name else None


def init_app(app: Flask) -> None:
    """Add the helpers to the template globals."""
    app.jinja_env.globals.update(
        preview=preview,
        image_object=image_object,
        image_gallery=image_gallery,
        absolute=absolute,
        uploaded_at_of=photo_ids.timestamp_of,
    )
