"""What each page costs on AWS: the number of calls is part of the design."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import pytest

from app import create_app
from app.config import Config
from tests.backends import Backend, aws_backend
from tests.conftest import service_of
from tests.sample_images import jpeg
from tests.storage.aws_calls import recorded
from tests.visitor import Visitor


@pytest.fixture
def backend() -> Iterator[Backend]:
    with aws_backend() as backend:
        yield backend


def calls(backend: Backend, visitor: Visitor, path: str) -> dict[str, int]:
    assert backend.clients
    with recorded(backend.clients) as made:
        assert visitor.get(path).status_code == 200
    return made.counts


def test_listing_pages_are_one_query(backend: Backend, visitor: Visitor) -> None:
    """Gallery, tag and tag index are one Query each, on the first page and on the next."""
    photo_id = [visitor.add(tags="sea") for _ in range(3)][1]
    for path in ("/", f"/?before={photo_id}", "/tags/sea", f"/tags/sea?before={photo_id}", "/tags"):
        assert calls(backend, visitor, path) == {"Query": 1}


def test_own_uploads_are_one_query(backend: Backend, visitor: Visitor) -> None:
    """What a visitor has added, and what of it is deleted, is one Query each, on the first page and on the next."""
    photo_ids = [visitor.add() for _ in range(3)]
    visitor.submit(f"/photos/{photo_ids[0]}/delete")
    for path in ("/uploads", f"/uploads?before={photo_ids[2]}", "/uploads/deleted"):
        assert calls(backend, visitor, path) == {"Query": 1}


def test_a_form_about_own_uploads_that_is_wrong_is_one_query(
    backend: Backend, visitor: Visitor
) -> None:
    """A form that comes back, and the question before a deletion, read the page and nothing else."""
    assert backend.clients
    fields = visitor.fields("/upload") | {"photo": visitor.add()}
    for path, status in (("/uploads/tags", 422), ("/uploads/delete", 200)):
        with recorded(backend.clients) as made:
            assert visitor.post(path, fields).status_code == status
        assert made.counts == {"Query": 1}


def test_tags_of_many_photos_cost_what_their_edits_cost(backend: Backend, visitor: Visitor) -> None:
    """Each photo is read twice, written in one transaction and its record put; nothing is read besides."""
    assert backend.clients
    fields = visitor.fields("/upload") | {"photo": [visitor.add(), visitor.add()], "add": "sea"}
    with recorded(backend.clients) as made:
        assert visitor.post("/uploads/tags", fields).status_code == 303
    assert made.counts == {"GetItem": 4, "TransactWriteItems": 2, "PutObject": 2, "UpdateItem": 2}


def test_the_admin_s_pages_are_one_query_and_one_for_each_figure(
    backend: Backend, config: Config
) -> None:
    """The lists are one Query each; each of three figures another. The log-in is one GetItem."""
    admin = Visitor(
        create_app(replace(config, admin_password="change it all"), service_of(backend, config))
    )
    admin.submit("/login", password="change it all")
    admin.submit(f"/photos/{admin.add()}/delete")
    admin.add()
    assert calls(backend, admin, "/admin") == {"GetItem": 1, "Query": 4}
    for path in ("/admin/hidden", "/admin/deleted"):
        assert calls(backend, admin, path) == {"GetItem": 1, "Query": 1}


def test_a_photo_page_is_one_read_and_a_query_for_each_neighbour(
    backend: Backend, visitor: Visitor
) -> None:
    """The photo page is one GetItem and two Querys, and touches no object."""
    photo_id = visitor.add()
    assert calls(backend, visitor, f"/photos/{photo_id}") == {"GetItem": 1, "Query": 2}


def test_whoever_is_logged_in_costs_one_read_more(backend: Backend, config: Config) -> None:
    """That a log-in was not ended is one GetItem a page, however often the page asks who may do what."""
    limited = replace(config, admin_password="let me rule")
    visitor = Visitor(create_app(limited, service_of(backend, limited)))
    photo_id = visitor.add()
    visitor.submit("/login", password="let me rule")
    assert calls(backend, visitor, "/") == {"Query": 1, "GetItem": 1}
    assert calls(backend, visitor, f"/photos/{photo_id}") == {"GetItem": 1 + 1, "Query": 2}


def test_an_upload_is_one_query_one_put_an_object_and_one_transaction(
    backend: Backend, visitor: Visitor
) -> None:
    """Four renditions, the original and the record are six puts, a count one update; no HEAD, no LIST."""
    assert backend.clients
    fields = visitor.fields("/upload")
    with recorded(backend.clients) as made:
        assert (
            visitor.post("/upload", fields | {"tags": "sea, hill", "photo": _file()}).status_code
            == 303
        )
    assert made.counts == {"Query": 1, "PutObject": 6, "TransactWriteItems": 1, "UpdateItem": 2 + 3}
    assert made.made[-6][0] == "TransactWriteItems"
    assert [name for name, _ in made.made].index("TransactWriteItems") > max(
        index for index, (name, _) in enumerate(made.made) if name == "PutObject"
    )


def test_a_quota_costs_two_reads_an_upload(backend: Backend, config: Config) -> None:
    """What an account keeps and what it has in the trash are a Query each; without a quota nobody asks."""
    assert backend.clients
    limited = replace(config, max_photos_per_contributor=9, max_gb=9)
    visitor = Visitor(create_app(limited, service_of(backend, limited)))
    fields = visitor.fields("/upload")
    with recorded(backend.clients) as made:
        assert visitor.post("/upload", fields | {"photo": _file()}).status_code == 303
    assert made.counts["Query"] == 1 + 2 + 2


def test_a_refused_upload_calls_nothing(backend: Backend, visitor: Visitor) -> None:
    """A file that is no photo costs not a single call."""
    assert backend.clients
    fields = visitor.fields("/upload")
    with recorded(backend.clients) as made:
        assert visitor.post("/upload", fields | {"photo": _file(b"no picture")}).status_code == 422
    assert made.counts == {}


def test_an_edit_is_two_reads_a_transaction_and_a_put(backend: Backend, visitor: Visitor) -> None:
    """Editing reads the photo twice (may they? what is there?), writes one transaction and the record."""
    assert backend.clients
    photo_id = visitor.add()
    fields = visitor.fields(f"/photos/{photo_id}/edit")
    with recorded(backend.clients) as made:
        assert (
            visitor.post(f"/photos/{photo_id}/edit", fields | {"title": "New"}).status_code == 303
        )
    assert made.counts == {"GetItem": 2, "TransactWriteItems": 1, "PutObject": 1}


def test_no_call_sends_an_acl(backend: Backend, visitor: Visitor, config: Config) -> None:
    """No object is ever put or copied with an ACL: the bucket policy alone makes photos public."""
    assert backend.clients
    with recorded(backend.clients) as made:
        visitor = Visitor(create_app(config, service_of(backend, config)))
        photo_id = visitor.add()
        visitor.submit(f"/photos/{photo_id}/delete")
    assert {"PutObject", "CopyObject"} <= set(made.counts)
    assert not [
        parameters for _, parameters in made.made if any("ACL" in name for name in parameters)
    ]


def _file(body: bytes | None = None) -> list[object]:
    return [(BytesIO(body or jpeg(2100, 1400)), "a.jpg")]
