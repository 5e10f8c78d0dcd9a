"""Atom feeds (RFC 4287) of the newest photos and of one tag's, paged as in RFC 5005: one read each."""

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain import object_keys, photo_ids
from app.domain.tags import normalize_tag
from app.web.context import photo_service
from app.web.pages.gallery import PAGE_SIZE, cursors
from app.web.pages.tags import require_valid_tag
from app.web.rendering.link_previews import cache_publicly

MAX_AGE = 5 * 60  # seconds that readers may keep a feed

blueprint = Blueprint("atom", __name__)


@blueprint.get("/feed.xml")
def latest() -> ResponseReturnValue:
    """The newest photos, or those before a cursor."""
    return _feed(object_keys.PUBLIC_LISTING, None)


@blueprint.get("/tags/<tag>/feed.xml")
def tag(tag: str) -> ResponseReturnValue:
    """The newest photos that carry `tag`."""
    if normalize_tag(tag) != tag:
        return redirect(
            url_for(".tag", tag=normalize_tag(tag)) if normalize_tag(tag) else url_for(".latest")
        )
    require_valid_tag(tag)
    return _feed(object_keys.tag_listing(tag), tag)


def _feed(feed: str, tag: str | None) -> Response:
    before, _ = cursors()
    page = photo_service().page(feed, PAGE_SIZE, before=before)
    text = render_template("feeds/atom.xml", tag=tag, before=before, page=page, urn=_urn)
    return cache_publicly(Response(text, mimetype="application/atom+xml"), MAX_AGE)


def _urn(photo_id: str) -> str:
    """Return the entry's id, which stays the same when the site's address changes."""
    return photo_ids.to_uuid(photo_id).urn
