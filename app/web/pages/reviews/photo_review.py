"""Approve or refuse one photo, and show an unlisted photo in the gallery."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from app.domain.albums.album import album_listing
from app.domain.photo import Photo
from app.web.auth import access
from app.web.auth.photo_access import get_changeable
from app.web.auth.review_access import require_review
from app.web.bulk.each_photo import BulkResult
from app.web.bulk.review_steps import decide
from app.web.context import photo_service, review_service
from app.web.pages.reviews.review_results import flash_decided
from app.web.redirects import back_path, redirect_back, redirect_to
from app.web.rendering.i18n import gettext as _
from app.web.rendering.photo_names import photo_reference
from app.web.rendering.photo_urls import photo_path
from app.web.rendering.state_messages import flash_state

blueprint = Blueprint("photo_review", __name__, url_prefix="/photos/<photo_id>")


@blueprint.post("/<any(approve, refuse):verb>")
def run(photo_id: str, verb: str) -> ResponseReturnValue:
    """Decide about a photo that waits for review."""
    photo = photo_service().get_any_state(photo_id)
    require_review(photo)
    result = decide(verb, [photo_id])
    for item in result.errors:
        raise item.error
    flash_decided(verb, result, 1, _undo_url(photo))
    path = _review_path(photo) if verb == "refuse" else _path_in_album(result)
    return redirect_to(back_path() or path, "gallery.index")


@blueprint.post("/list")
def list_publicly(photo_id: str) -> ResponseReturnValue:
    """Show an unlisted photo in the gallery too. Guests of a site with a password may not."""
    get_changeable(photo_id)
    access.require_upload()
    photo = review_service().list_publicly(photo_id)
    flash_state(photo, _("%(photo)s is in the gallery now.", photo=photo_reference(photo)))
    return redirect_back("photos.show", photo_id=photo_id)


def _review_path(photo: Photo) -> str | None:
    album = next(iter(photo.albums), None)
    return url_for("album_review.show", album_id=album.album_id) if album else None


def _undo_url(photo: Photo) -> str:
    """Return the URL that undoes a refusal. That of an album also works for the admin."""
    album = next(iter(photo.albums), None)
    if album is None:
        return url_for("site_review.run", verb="restore")
    return url_for("album_review.run", album_id=album.album_id, verb="restore")


def _path_in_album(result: BulkResult) -> str | None:
    """Return the path of the photo in its album, where its host sees it."""
    for photo in result.changed:
        album = next(iter(photo.albums), None)
        return photo_path(photo.photo_id, album_listing(album.album_id) if album else None)
    return None
