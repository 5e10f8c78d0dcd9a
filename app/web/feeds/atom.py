"""Atom feeds (RFC 4287) of the newest photos and of one tag's, paged as in RFC 5005: one read each."""

from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain import object_keys
from app.domain.tags import fold
from app.web.context import library
from app.web.pages.gallery import CARDS, cursors
from app.web.pages.tags import require_possible
from app.web.rendering.link_previews import cached

FRESH = 5 * 60  # seconds that readers may keep a feed

_AS_PYTHON_S_BASE_32 = str.maketrans("0123456789ABCDEFGHJKMNPQRSTVWXYZ", "0123456789abcdefghijklmnopqrstuv")

blueprint = Blueprint("feeds", __name__)


@blueprint.get("/feed.xml")
def photos() -> ResponseReturnValue:
    """The newest photos, or those before a cursor."""
    return _feed(object_keys.ALL, None)


@blueprint.get("/tags/<tag>/feed.xml")
def tagged(tag: str) -> ResponseReturnValue:
    """The newest photos that carry `tag`."""
    if fold(tag) != tag:
        return redirect(url_for(".tagged", tag=fold(tag)) if fold(tag) else url_for(".photos"))
    require_possible(tag)
    return _feed(object_keys.tag_feed(tag), tag)


def _feed(feed: str, tag: str | None) -> Response:
    before, _ = cursors()
    page = library().page(feed, CARDS, before=before)
    text = render_template("feeds/atom.xml", tag=tag, before=before, page=page, urn=_urn)
    return cached(Response(text, mimetype="application/atom+xml"), FRESH)


def _urn(photo_id: str) -> str:
    """An id that outlasts every change of the site's address: a ULID has a UUID's 128 bits (RFC 9562)."""
    return UUID(int=int(photo_id.translate(_AS_PYTHON_S_BASE_32), 32)).urn
