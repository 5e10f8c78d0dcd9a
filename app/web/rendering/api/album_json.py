"""Return albums as JSON, with no more than their pages show."""

from collections.abc import Mapping
from typing import Any

from flask import request, url_for

from app.domain.albums.album import Album, album_listing
from app.domain.albums.pages import AlbumList, AlbumPage, AlbumTile
from app.web.rendering.api.photo_json import summary_as_json


def album_as_json(album: Album) -> dict[str, Any]:
    """Return the values of an album."""
    return {
        "album_id": album.album_id,
        "url": url_for("albums.show", album_id=album.album_id, _external=True),
        "title": album.title,
        "description": album.description,
        "visibility": album.visibility,
        "order": album.order,
        "created_at": album.created_at.isoformat(),
    }


def album_page_as_json(page: AlbumPage, count: int | None, **parameters: str) -> dict[str, Any]:
    """Return an album and one page of its photos, in the order of the album.

    Args:
        page: The page.
        count: The number of photos in the album, None if it is unknown.
        parameters: Further query parameters for the URLs of the adjacent pages.
    """
    listing = album_listing(page.album.album_id)
    return {
        "album": album_as_json(page.album),
        "photos": [summary_as_json(summary, listing) for summary in page.summaries],
        "next": _page_url(after=page.next, **parameters) if page.next else None,
        "previous": _page_url(before=page.previous, **parameters) if page.previous else None,
        "count": count,
    }


def album_list_as_json(page: AlbumList, counts: Mapping[str, int]) -> dict[str, Any]:
    """Return the albums of a page.

    Args:
        page: The page.
        counts: The number of photos in each album, by the id of the album.
    """
    return {
        "albums": [_tile_as_json(tile, counts) for tile in page.tiles],
        "older": _page_url(before=page.older) if page.older else None,
    }


def _tile_as_json(tile: AlbumTile, counts: Mapping[str, int]) -> dict[str, Any]:
    return album_as_json(tile.album) | {
        "cover": summary_as_json(tile.cover) if tile.cover else None,
        "count": counts.get(tile.album.album_id, 0),
    }


def _page_url(**cursor: str) -> str:
    """Return the URL of another page of the requested list."""
    return url_for(request.endpoint or "", **(request.view_args or {}), **cursor, _external=True)
