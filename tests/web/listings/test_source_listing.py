"""A photo's page stays in the listing from which the photo was opened.

Covers app.web.listings.newest_listings.
"""

import re
from html import unescape
from urllib.parse import urlencode

import pytest
from flask import Flask

from app.services.factory import Services
from app.web.listings.source_listing import MAX_VALUE
from tests.sample_photos import make_photo
from tests.visitor import Visitor

BACK = re.compile(r'<div class="photo-bar">.*?href="([^"]*)"', re.DOTALL)


def open_photo(visitor: Visitor, photo_id: str, listing: str | None = None) -> str:
    query = f"?{urlencode({'in': listing})}" if listing else ""
    answer = visitor.get(f"/photos/{photo_id}{query}")
    assert answer.status_code == 200
    return answer.text


def neighbors(page: str) -> dict[str, str]:
    """Return the links to the neighbors, by `rel`."""
    return {
        rel: unescape(path)
        for rel, path in re.findall(r'rel="(prev|next)" href="(/photos/[^"]*)"', page)
    }


def back(page: str) -> str:
    found = BACK.search(page)
    assert found
    return unescape(found.group(1))


@pytest.fixture
def mixed(visitor: Visitor) -> list[str]:
    """Add five photos. The first, third and fifth are of the lake. The newest comes first."""
    tags = ("lake", "", "lake", "", "lake")
    return [visitor.add(title=f"Dusk {tag}", tags=tag) for tag in tags][::-1]


@pytest.mark.parametrize(
    ("listing", "expected"), [("tag:lake", (0, 4)), ("search:lake", (0, 4)), ("uploads", (1, 3))]
)
def test_neighbors_are_those_of_the_listing(
    visitor: Visitor, mixed: list[str], listing: str, expected: tuple[int, int]
) -> None:
    """Their links name the listing too, and the canonical link does not."""
    page = open_photo(visitor, mixed[2], listing)
    newer, older = (f"/photos/{mixed[index]}?in={listing}" for index in expected)
    assert neighbors(page) == {"prev": newer, "next": older}
    assert f'rel="canonical" href="http://localhost/photos/{mixed[2]}"' in page


def test_the_cards_of_a_listing_name_it(visitor: Visitor, mixed: list[str]) -> None:
    """In the gallery the links have no parameter, also after the cards of other listings."""
    for path, query in (
        ("/tags/lake", "?in=tag:lake"),
        ("/search?q=lake", "?in=search:lake"),
        ("/uploads", "?in=uploads"),
        ("/", ""),
    ):
        assert f'href="/photos/{mixed[0]}{query}"' in visitor.get(path).text


@pytest.mark.parametrize("listing", [None, "tag:lake", "search:dusk", "uploads"])
def test_the_link_back_leads_to_the_photo_in_its_listing(
    visitor: Visitor, services: Services, listing: str | None
) -> None:
    """The page has the photo with the id of the fragment, and newer photos above it."""
    uploaded = services.photos.get(visitor.add(title="Dusk", tags="lake"))
    same = {"title": "Dusk", "tags": ("lake",), "owner": uploaded.owner}
    photos = [make_photo(**same) for _ in range(32)]
    for photo in photos:
        services.backend.catalog.publish(photo)
    photo_ids = sorted((photo.photo_id for photo in (uploaded, *photos)), reverse=True)
    for index, least_above in ((0, 0), (1, 1), (15, 15), (31, 29), (32, 2)):
        path, _, fragment = back(open_photo(visitor, photo_ids[index], listing)).partition("#")
        assert fragment == photo_ids[index]
        answer = visitor.client.get(path, follow_redirects=True, buffered=True)
        shown = re.findall(r'<li [^>]*\bid="(\w+)"', answer.text)
        assert shown.index(fragment) >= least_above


@pytest.mark.parametrize(
    "listing",
    [
        "",
        "tag:",
        "tag:sea",
        f"tag:{'x' * 100}",
        "search:",
        "search:sea",
        "search:lake" + " " * MAX_VALUE,
        "uploads:1",
        "owner:me",
        "public",
        "\0",
        "x" * 5000,
    ],
)
def test_a_listing_without_the_photo_is_replaced_by_the_gallery(
    visitor: Visitor, mixed: list[str], listing: str
) -> None:
    """So is one that does not exist. Links then have no parameter."""
    page = open_photo(visitor, mixed[2], listing)
    assert neighbors(page) == {"prev": f"/photos/{mixed[1]}", "next": f"/photos/{mixed[3]}"}
    assert back(page).startswith("/?after=")


def test_own_uploads_are_those_of_the_visitor(app: Flask, visitor: Visitor) -> None:
    """Another visitor who follows the link sees the gallery, and no hidden photo."""
    shown, hidden = visitor.add(), visitor.add()
    visitor.post(f"/photos/{hidden}/hide", visitor.fields("/upload"))
    assert f"/photos/{hidden}?in=uploads" in open_photo(visitor, shown, "uploads")
    other = Visitor(app)
    other.add()
    page = open_photo(other, shown, "uploads")
    assert hidden not in page
    assert "?in=uploads" not in neighbors(page)["prev"]


def test_a_hidden_photo_is_in_no_tag(visitor: Visitor) -> None:
    """Its owner moves on in the gallery."""
    photo_id = visitor.add(tags="lake")
    visitor.post(f"/photos/{photo_id}/hide", visitor.fields("/upload"))
    assert back(open_photo(visitor, photo_id, "tag:lake")).startswith("/#")
    assert back(open_photo(visitor, photo_id, "uploads")).startswith("/uploads#")
