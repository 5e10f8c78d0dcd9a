"""Return a page of photos or tags as JSON, with the URLs of the adjacent pages."""

from collections.abc import Iterable
from typing import Any

from flask import request, url_for

from app.domain.pages import Page
from app.domain.photo_summary import PhotoSummary
from app.domain.tags import TagCount
from app.web.listings.place_in_listing import PlaceInListing
from app.web.rendering.api.photo_json import photo_as_json, summary_as_json
from app.web.rendering.photo_urls import absolute, photo_path


def listing_as_json(page: Page, count: int | None = None, **parameters: Any) -> dict[str, Any]:
    """Return one page of the requested listing.

    Args:
        page: The page.
        count: The number of photos in the listing, None if it is unknown.
        parameters: The query parameters of the listing, without its cursors.
    """
    return {
        "photos": list(map(summary_as_json, page.summaries)),
        "older": _page_url(before=page.older, **parameters) if page.older else None,
        "newer": _page_url(after=page.newer, **parameters) if page.newer else None,
        "count": count,
    }


def tags_as_json(tags: Iterable[TagCount]) -> list[dict[str, Any]]:
    """Return tags with their numbers of photos."""
    return [
        {
            "tag": counted.tag,
            "url": url_for("tags.show", tag=counted.tag, _external=True),
            "count": counted.count,
        }
        for counted in tags
    ]


def tag_page_as_json(tags: Iterable[TagCount], start_of_next: str | None = None) -> dict[str, Any]:
    """Return the tags of a page.

    Args:
        tags: The tags.
        start_of_next: The first tag of the next page.
    """
    has_next = start_of_next is not None
    return {
        "tags": tags_as_json(tags),
        "next": _page_url(start=start_of_next) if has_next else None,
    }


def place_as_json(place: PlaceInListing) -> dict[str, Any]:
    """Return a photo, its number in the listing, and the URLs of its neighbors there."""
    return {
        "photo": photo_as_json(place.photo, place.listing.value),
        "older": _neighbor_url(place, place.older),
        "newer": _neighbor_url(place, place.newer),
        "number": place.rank.number if place.rank else None,
        "count": place.rank.total if place.rank else None,
    }


def _page_url(**parameters: Any) -> str:
    """Return the URL of another page of the requested listing."""
    values = (request.view_args or {}) | parameters
    return url_for(request.endpoint or "", **values, _external=True)


def _neighbor_url(place: PlaceInListing, neighbor: PhotoSummary | None) -> str | None:
    if neighbor is None:
        return None
    return absolute(photo_path(neighbor.photo_id, place.listing.value))
