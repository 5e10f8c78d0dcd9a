"""The calls to AWS of a photo, its neighbors and its images are part of the design."""

import pytest

from app.domain import photo_ids
from tests.backends import Backend
from tests.storage.aws_calls import recorded
from tests.visitor import Visitor
from tests.web.storage_calls.page_calls import calls_of


@pytest.mark.parametrize(
    ("listing", "calls"),
    [
        (None, {"GetItem": 1, "Query": 8}),
        ("tag:sea", {"Query": 8, "BatchGetItem": 1}),
        ("search:pier ", {"GetItem": 1, "Query": 2, "BatchGetItem": 2}),
        ("search:pier dusk ", {"GetItem": 1, "Query": 4, "BatchGetItem": 2}),
        ("uploads", {"Query": 2, "BatchGetItem": 1}),
    ],
)
def test_photo_page_in_a_listing_costs_no_more_calls_than_in_the_gallery(
    backend: Backend, visitor: Visitor, listing: str | None, calls: dict[str, int]
) -> None:
    """One BatchGetItem reads the photo and both neighbors; a search reads them one by one."""
    photo_id = [visitor.add(title="Pier at dusk", tags="sea") for _ in range(3)][1]
    path = f"/photos/{photo_id}" + (f"?in={listing}" if listing else "")
    assert calls_of(backend, visitor, path) == calls
    assert sum(calls.values()) <= 9


def test_a_listing_without_the_photo_costs_four_queries(backend: Backend, visitor: Visitor) -> None:
    """They find that the photo is not there. Then the page is that of the gallery."""
    assert backend.clients
    photo_id = visitor.add(tags="sea")
    path = f"/photos/{photo_id}?in=tag:hill"
    assert calls_of(backend, visitor, path) == {"GetItem": 1, "Query": 4 + 8}
    with recorded(backend.clients) as calls:
        assert visitor.get(f"/photos/{photo_ids.MIN_ID}?in=tag:sea").status_code == 404
    assert calls.counts == {"Query": 4, "GetItem": 1}


def test_qr_code_costs_one_get(backend: Backend, visitor: Visitor) -> None:
    """The code is drawn from the address, and the record says whether the photo is public."""
    photo_id = visitor.add()
    assert calls_of(backend, visitor, f"/photos/{photo_id}/qr.svg") == {"GetItem": 1}


def test_slideshow_reads_a_page_with_one_photo(backend: Backend, visitor: Visitor) -> None:
    """Each photo costs four Queries, and in a tag its record."""
    photo_id = [visitor.add(tags="sea") for _ in range(3)][1]
    for path in ("/slideshow", f"/slideshow?before={photo_id}", f"/slideshow?after={photo_id}"):
        assert calls_of(backend, visitor, path) == {"Query": 4}
    calls = calls_of(backend, visitor, f"/slideshow?in=tag:sea&before={photo_id}")
    assert calls == {"Query": 4, "BatchGetItem": 1}


def test_image_of_a_hidden_photo_costs_two_gets(backend: Backend, visitor: Visitor) -> None:
    """The record says who may see it, and the object is passed on."""
    photo_id = visitor.add()
    visitor.post(f"/photos/{photo_id}/hide", visitor.fields("/upload"))
    path = f"/photos/{photo_id}/files/160.jpg"
    assert calls_of(backend, visitor, path) == {"GetItem": 1, "GetObject": 1}
