"""Show the most used tags, all tags by name, and the gallery of one tag."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain import object_keys
from app.domain.pages import Page
from app.domain.tags import MAX_TAG, TagCount, first_possible_tag, index_letter, normalize_tag
from app.web.context import tag_service
from app.web.pagination import is_past_newest, read_page
from app.web.rendering.api.listing_json import listing_as_json, tag_page_as_json
from app.web.rendering.api.negotiation import negotiated
from app.web.rendering.gallery.photo_size import photo_size

PAGE_SIZE = 100  # tags
MAX_TILES = 24  # tags with a cover: whole rows of two, three, four, six or eight

blueprint = Blueprint("tags", __name__, url_prefix="/tags")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show the most used tags; with the parameter `start`, show tags by name from there on."""
    start = request.args.get("start")
    if start is None:
        return _show_most_used()
    page = tag_service().page(first_possible_tag(start), PAGE_SIZE)
    return negotiated(
        lambda: render_template(
            "tags/by_name.html", groups=_by_letter(page.tags), start=start, next_tag=page.next
        ),
        lambda: tag_page_as_json(page.tags, page.next),
    )


@blueprint.get("/<tag>")
def show(tag: str) -> ResponseReturnValue:
    """Show one page of the photos with `tag`; redirect to its normalized spelling."""
    normalized = normalize_tag(tag)
    if not normalized:
        return redirect(url_for(".index"))
    require_valid_tag(normalized)
    if normalized != tag:
        return redirect(url_for(".show", tag=normalized))
    page = read_page(object_keys.tag_listing(tag))
    if is_past_newest(page):
        return redirect(url_for(".show", tag=tag, size=photo_size()))
    count = _count(tag, page)
    return negotiated(
        lambda: render_template("tags/show.html", tag=tag, page=page, count=count),
        lambda: listing_as_json(page, count),
    )


def require_valid_tag(tag: str) -> None:
    """Answer 404 for a tag that is longer than any: DynamoDB would refuse so long a key."""
    if len(tag) > MAX_TAG:
        abort(404)


def _show_most_used() -> Response:
    found = tag_service().most_used(PAGE_SIZE + 1)
    shown, has_more = found[:PAGE_SIZE], len(found) > PAGE_SIZE
    return negotiated(
        lambda: _render_most_used(shown, has_more=has_more), lambda: tag_page_as_json(shown)
    )


def _render_most_used(shown: Sequence[TagCount], *, has_more: bool) -> str:
    tiles, others = shown[:MAX_TILES], shown[MAX_TILES:]
    covers = tag_service().covers(tiles)
    return render_template(
        "tags/index.html", tiles=tiles, covers=covers, others=others, has_more=has_more
    )


def _count(tag: str, page: Page) -> int:
    """Return the number of photos with the tag. One page that has all of them needs no read."""
    if page.older or page.newer:
        return tag_service().count(tag)
    return len(page.summaries)


def _by_letter(tags: Iterable[TagCount]) -> list[tuple[str, list[TagCount]]]:
    """Return the tags in groups, each with the letter that its tags start with."""
    groups = groupby(tags, key=lambda counted: index_letter(counted.tag))
    return [(letter, list(members)) for letter, members in groups]
