"""Listings in JSON lead from page to page."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from app.domain.batches import Batch
from app.domain.photo_summary import PhotoState
from app.web.pagination import PAGE_SIZE
from tests.backends import Backend, make_photo
from tests.storage.conftest import publish_all
from tests.visitor import JSON, Visitor
from tests.web.rendering.api.openapi import documented

PHOTOS = PAGE_SIZE + 5


def read(visitor: Visitor, path: str, template: str) -> Any:
    """Return the JSON at a path or URL; follow redirects."""
    parts = urlsplit(path)
    answer = visitor.get(f"{parts.path}?{parts.query}", headers=JSON, follow_redirects=True)
    assert answer.status_code == 200
    return documented(answer, template)


def ids(page: Any) -> list[str]:
    return [photo["photo_id"] for photo in page["photos"]]


@pytest.fixture
def collection(visitor: Visitor, backend: Backend) -> list[str]:
    """Publish photos of the visitor on two pages; return their ids, newest first."""
    owner = backend.catalog.get(visitor.add(title="Pier", tags="바다")).owner
    (first,) = ids(read(visitor, "/", "/"))
    batch = Batch(1_900_000_000_000)
    photos = [
        make_photo(photo_id=batch.new_id(None, number), title="Pier", tags=("바다",), owner=owner)
        for number in range(PHOTOS - 1)
    ]
    publish_all(backend, photos)
    return [*sorted((photo.photo_id for photo in photos), reverse=True), first]


@pytest.mark.parametrize(
    ("path", "template", "counts"),
    [
        ("/", "/", (PHOTOS, None)),
        ("/tags/바다", "/tags/{tag}", (PHOTOS, PHOTOS)),
        ("/search?q=pier", "/search", (None, None)),
        ("/uploads", "/uploads", (None, None)),
    ],
)
def test_a_program_reads_every_page(
    visitor: Visitor,
    collection: list[str],
    path: str,
    template: str,
    counts: tuple[int | None, int | None],
) -> None:
    """`older` leads to the last photo, and `newer` back to the first page."""
    first = read(visitor, path, template)
    second = read(visitor, first["older"], template)
    assert ids(first) + ids(second) == collection
    assert (first["newer"], second["older"]) == (None, None)
    assert (first["count"], second["count"]) == counts
    assert first["older"].startswith("http://localhost/")
    assert read(visitor, second["newer"], template) == first


def test_a_batch_is_a_listing(visitor: Visitor, collection: list[str]) -> None:
    """Its number of photos is known on its first page."""
    batch = collection[0][:10]
    first = read(visitor, f"/uploads?batch={batch}", "/uploads")
    second = read(visitor, first["older"], "/uploads")
    assert ids(first) + ids(second) == collection[:-1]
    assert (first["count"], second["count"]) == (PHOTOS - 1, None)
    assert read(visitor, second["newer"], "/uploads") == first


def test_an_empty_listing_has_no_photos(visitor: Visitor) -> None:
    """Neither the gallery nor a search fails without photos."""
    nothing = {"photos": [], "older": None, "newer": None, "count": 0}
    assert read(visitor, "/", "/") == read(visitor, "/tags/sea", "/tags/{tag}") == nothing
    for query in ("", "?q=sea", "?q=%20"):
        assert read(visitor, f"/search{query}", "/search") == nothing | {"tags": []}
    assert read(visitor, "/uploads", "/uploads") == nothing | {"count": None}
    assert read(visitor, "/tags", "/tags") == {"tags": [], "next": None}


def test_an_id_newer_than_every_photo_leads_to_the_first_page(visitor: Visitor) -> None:
    """A program that follows redirects gets the first page, also of a batch."""
    visitor.add(tags="sea")
    photo_id = visitor.add(tags="sea")
    for path, template in (
        ("/?", "/"),
        ("/tags/sea?", "/tags/{tag}"),
        ("/search?q=sea&", "/search"),
        (f"/uploads?batch={photo_id[:10]}&", "/uploads"),
    ):
        first = read(visitor, path, template)
        assert read(visitor, f"{path}after={photo_id}", template) == first


def test_photos_of_others_and_hidden_ones_are_not_listed(
    visitor: Visitor, backend: Backend
) -> None:
    """The listings of programs are those of the pages."""
    visitor.get("/upload")  # makes the browser a contributor
    publish_all(backend, [make_photo(tags=("sea",), state=PhotoState.HIDDEN)])
    for path, template in (("/", "/"), ("/tags/sea", "/tags/{tag}"), ("/uploads", "/uploads")):
        assert ids(read(visitor, path, template)) == []


def test_tags_have_their_numbers_of_photos(visitor: Visitor) -> None:
    """The most used come first; by name they have pages."""
    visitor.add(tags="sea, hill")
    visitor.add(tags="sea")
    hill, sea = (
        {"tag": tag, "url": f"http://localhost/tags/{tag}", "count": count}
        for tag, count in (("hill", 1), ("sea", 2))
    )
    assert read(visitor, "/tags", "/tags")["tags"] == [sea, hill]
    assert read(visitor, "/tags?start=", "/tags")["tags"] == [hill, sea]
    assert read(visitor, "/tags?start=s", "/tags") == {"tags": [sea], "next": None}
    assert read(visitor, "/search?q=se", "/search")["tags"] == [sea]


def test_tags_by_name_lead_from_page_to_page(
    visitor: Visitor, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`next` leads to the last tag."""
    monkeypatch.setattr("app.web.pages.tags.PAGE_SIZE", 2)
    names = ["강", "hill", "lake", "sea", "tree"]
    publish_all(backend, [make_photo(tags=tuple(names))])
    found, address = [], "/tags?start="
    while address:
        page = read(visitor, address, "/tags")
        found += [entry["tag"] for entry in page["tags"]]
        address = page["next"]
    assert sorted(found) == sorted(names)
    assert read(visitor, "/tags", "/tags")["next"] is None


@pytest.mark.parametrize(
    ("listing", "place"),
    [
        ("", (None, None)),
        ("?in=tag:sea", (2, 3)),
        ("?in=search:pier", (2, 3)),
        ("?in=uploads", (2, 3)),
    ],
)
def test_a_photo_leads_to_its_neighbors(
    visitor: Visitor, listing: str, place: tuple[int | None, int | None]
) -> None:
    """They are those of the listing that the address names."""
    oldest, middle, newest = (visitor.add(title="Pier", tags="sea") for _ in range(3))
    template = "/photos/{photo_id}"
    found = read(visitor, f"/photos/{middle}{listing}", template)
    assert (found["number"], found["count"]) == place
    for rel, photo_id in (("older", oldest), ("newer", newest)):
        assert found[rel].startswith(f"http://localhost/photos/{photo_id}")
        neighbor = read(visitor, found[rel], template)
        assert neighbor["photo"]["photo_id"] == photo_id
        assert neighbor[rel] is None


def test_pages_link_to_their_json(visitor: Visitor) -> None:
    """It is at the same address, so a program finds it."""
    photo_id = visitor.add(tags="sea")
    for path in ("/", "/tags/sea", f"/photos/{photo_id}"):
        link = f'<link rel="alternate" type="application/json" href="http://localhost{path}">'
        assert link in visitor.get(path).text
