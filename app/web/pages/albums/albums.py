"""Show the lists of albums, and the photos of one album."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.albums.album import Album
from app.domain.albums.keys import is_position
from app.domain.albums.pages import AlbumList, AlbumPage
from app.domain.photo_ids import is_photo_id
from app.domain.photo_text import clean_contributor_name
from app.web.auth import access, contributor_cookie
from app.web.auth.album_access import get_open, require_open
from app.web.caching import keep_out_of_search_engines
from app.web.context import album_service, review_service
from app.web.pagination import PAGE_SIZE, cursors
from app.web.rendering.api.album_json import album_list_as_json, album_page_as_json
from app.web.rendering.api.negotiation import negotiated
from app.web.rendering.gallery.photo_size import photo_size

ALBUMS = 24  # on a page: fills rows of two, three, four, six or eight

blueprint = Blueprint("albums", __name__, url_prefix="/albums")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show one page of the public albums, newest first."""
    before, _ = cursors(is_photo_id)
    return _list(album_service().public(ALBUMS, before=before), is_own=False)


@blueprint.get("/mine")
def mine() -> ResponseReturnValue:
    """Show one page of the albums that were created in this browser, newest first."""
    access.require_upload()
    before, _ = cursors(is_photo_id)
    owner = contributor_cookie.current_owner()
    page = album_service().owned(owner, ALBUMS, before=before) if owner else AlbumList((), None)
    return keep_out_of_search_engines(_list(page, is_own=True))


@blueprint.get("/<album_id>")
def show(album_id: str) -> ResponseReturnValue:
    """Show one page of the photos of an album, in the order of the album."""
    before, after = cursors(is_position)
    if request.args.get("by"):
        return _show_by(album_id, after)
    page = album_service().page(album_id, PAGE_SIZE, before=before, after=after)
    require_open(page.album)
    if before and not page.previous:  # the first page shows these photos in full
        return redirect(url_for(".show", album_id=album_id, size=photo_size()))
    count = _count(page)
    response = negotiated(
        lambda: _render(page, count),
        lambda: album_page_as_json(page, count),
    )
    return response if page.album.is_public else keep_out_of_search_engines(response)


@blueprint.get("/<album_id>/card")
def card(album_id: str) -> ResponseReturnValue:
    """Show a card to print that has the address of the album."""
    album = get_open(album_id)
    return keep_out_of_search_engines(render_template("albums/card.html", album=album))


def _show_by(album_id: str, after: str | None) -> ResponseReturnValue:
    """Show the photos that were added under one name. Search engines do not need this page."""
    name = clean_contributor_name(request.args["by"])
    page = album_service().page_by(album_id, name, PAGE_SIZE, after=after)
    require_open(page.album)
    response = negotiated(
        lambda: _render_by(page, name),
        lambda: album_page_as_json(page, None, by=name),
    )
    return keep_out_of_search_engines(response)


def _list(page: AlbumList, *, is_own: bool) -> Response:
    counts = album_service().counts([tile.album.album_id for tile in page.tiles])
    is_first = not request.args.get("before")
    return negotiated(
        lambda: render_template(
            "albums/index.html", page=page, counts=counts, is_own=is_own, is_first=is_first
        ),
        lambda: album_list_as_json(page, counts),
    )


def _render(page: AlbumPage, count: int) -> str:
    """Return the page. Reviewers of the album see how many photos wait."""
    album, pending = page.album, _count_pending(page.album)
    return render_template("albums/show.html", page=page, album=album, count=count, pending=pending)


def _render_by(page: AlbumPage, name: str) -> str:
    """Return the page. If it has no photos, the photos with this name may wait for review."""
    return render_template(
        "albums/by.html",
        page=page,
        album=page.album,
        name=name,
        pending=0 if page.summaries else _count_pending(page.album),
        is_first=not request.args.get("after"),
    )


def _count_pending(album: Album) -> int:
    """Return the number of photos that wait for the visitor's review."""
    is_reviewer = access.Access().may_review_album(album)
    return review_service().count_pending(album.album_id) if is_reviewer else 0


def _count(page: AlbumPage) -> int:
    """Return the number of photos. If one page has all of them, this takes no read."""
    if page.next or page.previous:
        album_id = page.album.album_id
        return album_service().counts([album_id]).get(album_id, 0)
    return len(page.summaries)
