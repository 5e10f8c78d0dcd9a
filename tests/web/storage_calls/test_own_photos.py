"""The calls to AWS of own photos, batches and selections are part of the design."""

from collections import Counter
from dataclasses import replace

import pytest

from app import create_app
from app.config import Config
from app.domain.batches import Batch
from app.web.listings import batch_pages
from tests.backends import Backend, make_photo
from tests.conftest import services_of
from tests.sample_images import jpeg, phone_exif
from tests.storage.aws_calls import recorded
from tests.storage.conftest import publish_all
from tests.visitor import Visitor
from tests.web.storage_calls.page_calls import calls_of


def test_own_uploads_cost_one_query(backend: Backend, visitor: Visitor) -> None:
    """Own photos and own deleted photos are one Query each. Own photos are read by their ids."""
    photo_ids = [visitor.add() for _ in range(3)]
    visitor.submit(f"/photos/{photo_ids[0]}/delete")
    for path in ("/uploads", f"/uploads?before={photo_ids[2]}"):
        assert calls_of(backend, visitor, path) == {"Query": 1, "BatchGetItem": 1}
    assert calls_of(backend, visitor, "/uploads/deleted") == {"Query": 1}


def test_a_batch_costs_one_query(backend: Backend, visitor: Visitor) -> None:
    """Its photos are side by side in the listing of the contributor."""
    path = visitor.upload(*(jpeg(80 + n, 60) for n in range(3))).location
    visitor.add()
    visitor.get("/uploads")
    assert calls_of(backend, visitor, path) == {"Query": 1, "BatchGetItem": 1}


@pytest.mark.parametrize(("photos", "reads"), [(2, 1), (5, 2), (12, 3)])
def test_the_first_page_of_a_batch_counts_its_photos_in_bounded_reads(
    backend: Backend,
    visitor: Visitor,
    monkeypatch: pytest.MonkeyPatch,
    photos: int,
    reads: int,
) -> None:
    """The first read is that of a small batch, and after a limit no more photos are counted."""
    for name, value in {"PAGE_SIZE": 2, "_STEP": 3, "MAX_COUNTED": 7}.items():
        monkeypatch.setattr(batch_pages, name, value)
    owner = backend.catalog.get(visitor.add()).owner
    batch = Batch(1_700_000_000_000)
    ids = [batch.new_id(None, position) for position in range(photos)]
    publish_all(backend, [make_photo(photo_id=photo_id, owner=owner) for photo_id in ids])
    path = f"/uploads?batch={batch.name}"
    assert calls_of(backend, visitor, path) == {"Query": reads, "BatchGetItem": reads}
    second_page = calls_of(backend, visitor, f"{path}&before={max(ids)}")
    assert second_page == {"Query": 1, "BatchGetItem": 1}


def test_selecting_costs_one_read_more_than_the_listing(
    backend: Backend, visitor: Visitor, config: Config
) -> None:
    """It reads whose photos they are. The admin may change all of them, and reads as the listing.

    An album is read with its record.
    """
    admin = Visitor(
        create_app(replace(config, admin_password="change it all"), services_of(backend, config))
    )
    admin.submit("/login", password="change it all")
    album_id = visitor.submit("/albums/new", title="Lake").location.rpartition("/")[2]
    albums = services_of(backend, config).albums
    for _ in range(2):
        location = visitor.upload(jpeg(90, 60, exif=phone_exif()), tags="sea").location
        albums.add(album_id, location.rpartition("/")[2])
    visitor.get("/2026")  # reads the counts of the months, and clears a message
    session = {"GetItem": 1}
    for listing, calls in (
        ("", {"Query": 4}),
        ("tag:sea", {"Query": 4, "BatchGetItem": 1}),
        ("taken:2026", {"Query": 4}),
        (f"album:{album_id}", {"GetItem": 1, "Query": 1}),
    ):
        path = f"/photos/select?in={listing}"
        assert Counter(calls_of(backend, admin, path)) == Counter(calls) + Counter(session)
        owners = {"BatchGetItem": 1}
        assert Counter(calls_of(backend, visitor, path)) == Counter(calls) + Counter(owners)
    for listing in ("hidden", "trash"):
        path = f"/photos/select?in={listing}"
        assert calls_of(backend, admin, path) == {"Query": 1} | session


def test_invalid_form_of_own_uploads_reads_the_page(backend: Backend, visitor: Visitor) -> None:
    """The page, and nothing else. The question before a deletion reads the selected photos."""
    assert backend.clients
    fields = visitor.fields("/upload") | {"photo": visitor.add()}
    with recorded(backend.clients) as calls:
        assert visitor.post("/photos/select/tags?in=uploads", fields).status_code == 422
    assert calls.counts == {"Query": 1, "BatchGetItem": 1}
    with recorded(backend.clients) as calls:
        assert visitor.post("/photos/select/delete?in=uploads", fields).status_code == 200
    assert calls.counts == {"BatchGetItem": 1}
