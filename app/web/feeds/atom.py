"""Serve Atom feeds (RFC 4287) of the newest photos and of each tag, paged as in RFC 5005.

One page of a feed costs one read. Browsers show it as a page, with the style sheet feed.css.
"""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain import object_keys, photo_ids
from app.domain.tags import normalize_tag
from app.web.caching import cache_publicly
from app.web.context import photo_service
from app.web.pages.tags import require_valid_tag
from app.web.pagination import PAGE_SIZE, cursors

MAX_AGE = 5 * 60  # seconds
_ATOM = "application/atom+xml"

blueprint = Blueprint("atom", __name__)


@blueprint.get("/feed.xml")
def latest() -> ResponseReturnValue:
    """Return the newest photos, or those before a cursor."""
    return _feed(object_keys.PUBLIC_LISTING, None)


@blueprint.get("/tags/<tag>/feed.xml")
def tag(tag: str) -> ResponseReturnValue:
    """Return the newest photos with `tag`; redirect to its normalized spelling."""
    normalized = normalize_tag(tag)
    if not normalized:
        return redirect(url_for(".latest"))
    require_valid_tag(normalized)
    if normalized != tag:
        return redirect(url_for(".tag", tag=normalized))
    return _feed(object_keys.tag_listing(tag), tag)


def _feed(listing: str, tag: str | None) -> Response:
    before, _ = cursors()
    page = photo_service().page(listing, PAGE_SIZE, before=before)
    text = render_template("feeds/atom.xml", tag=tag, before=before, page=page, urn=_urn)
    response = Response(text, mimetype="application/xml" if _is_browser() else _ATOM)
    response.vary.add("Accept")
    return cache_publicly(response, MAX_AGE)


def _is_browser() -> bool:
    """Return whether the client prefers pages to feeds: a browser shows the source of `_ATOM`."""
    return request.accept_mimetypes["text/html"] > request.accept_mimetypes[_ATOM]


def _urn(photo_id: str) -> str:
    """Return the entry's id, which stays the same when the site's address changes."""
    return photo_ids.to_uuid(photo_id).urn
