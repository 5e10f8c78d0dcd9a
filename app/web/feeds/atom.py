"""Serve Atom feeds (RFC 4287) of the newest photos, tags and albums, paged as in RFC 5005.

One page of a feed costs one read. Browsers show it as a page, with the style sheet feed.css.
"""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain import object_keys, photo_ids
from app.domain.albums.album import Album
from app.domain.albums.keys import is_position
from app.domain.pages import Page
from app.domain.tags import normalize_tag
from app.web.auth.album_access import get_open
from app.web.caching import cache_privately, cache_publicly
from app.web.context import album_listings, photo_service
from app.web.pages.tags import require_valid_tag
from app.web.pagination import PAGE_SIZE, cursors

MAX_AGE = 5 * 60  # seconds
_ATOM = "application/atom+xml"

blueprint = Blueprint("atom", __name__)


@blueprint.get("/feed.xml")
def latest() -> ResponseReturnValue:
    """Return the newest photos, or those before a cursor."""
    return _feed_of(object_keys.PUBLIC_LISTING)


@blueprint.get("/tags/<tag>/feed.xml")
def tag(tag: str) -> ResponseReturnValue:
    """Return the newest photos with `tag`; redirect to its normalized spelling."""
    normalized = normalize_tag(tag)
    if not normalized:
        return redirect(url_for(".latest"))
    require_valid_tag(normalized)
    if normalized != tag:
        return redirect(url_for(".tag", tag=normalized))
    return _feed_of(object_keys.tag_listing(tag), tag=tag)


@blueprint.get("/albums/<album_id>/feed.xml")
def album(album_id: str) -> ResponseReturnValue:
    """Return the last photos of an album, the last one first. One read more finds the album."""
    before, _ = cursors(is_position)
    album = get_open(album_id)
    page = album_listings().last_photos(album_id, PAGE_SIZE, before=before)
    feed = _feed(page, before, album=album)
    return feed if album.is_public else cache_privately(feed)


def _feed_of(listing: str, tag: str | None = None) -> Response:
    before, _ = cursors()
    return _feed(photo_service().page(listing, PAGE_SIZE, before=before), before, tag=tag)


def _feed(
    page: Page, before: str | None, *, tag: str | None = None, album: Album | None = None
) -> Response:
    context = {"before": before, "page": page, "tag": tag, "album": album}
    text = render_template("feeds/atom.xml", urn=_urn, **context)
    response = Response(text, mimetype="application/xml" if _is_browser() else _ATOM)
    response.vary.add("Accept")
    return cache_publicly(response, MAX_AGE)


def _is_browser() -> bool:
    """Return whether the client prefers pages to feeds: a browser shows the source of `_ATOM`."""
    return request.accept_mimetypes["text/html"] > request.accept_mimetypes[_ATOM]


def _urn(photo_id: str) -> str:
    """Return the entry's id, which stays the same when the site's address changes."""
    return photo_ids.to_uuid(photo_id).urn
