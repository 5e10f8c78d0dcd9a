"""What a page tells programs that show links to it: previews, JSON-LD, robots.txt and the web app manifest."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from app.domain import photo_ids
from app.domain.photo import Card, Photo
from app.domain.rendition_sizes import height_at
from app.web.rendering.photo_urls import absolute, rendition_url

HOUR = 60 * 60  # seconds
PREVIEW_WIDTH = 1200  # pixels: what link previews are shown at on dense screens

blueprint = Blueprint("sharing", __name__)


@dataclass(frozen=True, slots=True)
class Rendition:
    """One rendition of a photo: absolute address and size in pixels."""

    url: str
    width: int
    height: int

    @classmethod
    def of(cls, photo: Photo | Card, width: int) -> "Rendition":
        """The one that is `width` pixels wide."""
        return cls(absolute(rendition_url(photo, width)), width, height_at(width, photo.width, photo.height))


def preview(photo: Photo | Card, width: int = PREVIEW_WIDTH) -> Rendition:
    """The smallest rendition that is `width` pixels wide or wider, else the widest."""
    return Rendition.of(photo, min((rung for rung in photo.widths if rung >= width), default=max(photo.widths)))


def image_object(photo: Photo) -> dict[str, Any]:
    """The photo as JSON-LD (https://schema.org/ImageObject)."""
    widest, smallest = Rendition.of(photo, max(photo.widths)), Rendition.of(photo, min(photo.widths))
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


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Everything may be read but the login and searches (RFC 9309)."""
    return cached(Response(render_template("sharing/robots.txt"), mimetype="text/plain"), HOUR)


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    """The web app manifest (https://www.w3.org/TR/appmanifest/)."""
    text = render_template("sharing/manifest.webmanifest")
    return cached(Response(text, mimetype="application/manifest+json"), HOUR)


def cached(response: Response, seconds: int) -> Response:
    """Let anyone keep an answer that is the same for everyone for so long, and ask then whether it still holds."""
    response.cache_control.public = True
    response.cache_control.max_age = seconds
    response.add_etag()
    response.make_conditional(request)
    return response


@blueprint.app_context_processor
def _helpers() -> dict[str, Any]:
    return {"preview": preview, "image_object": image_object, "absolute": absolute, "made_at": photo_ids.made_at}
