"""The calls to AWS of changes of photos are part of the design."""

from app import create_app
from app.config import Config
from tests.backends import Backend
from tests.conftest import services_of
from tests.storage.aws_calls import recorded
from tests.visitor import Visitor


def test_changing_tags_costs_as_much_as_editing_each_photo(
    backend: Backend, visitor: Visitor
) -> None:
    """Each photo costs three reads, one transaction and one sidecar."""
    assert backend.clients
    fields = visitor.fields("/upload") | {"photo": [visitor.add(), visitor.add()], "add": "sea"}
    with recorded(backend.clients) as calls:
        assert visitor.post("/photos/select/tags?in=uploads", fields).status_code == 303
    storage = {"GetItem": 6, "TransactWriteItems": 2, "PutObject": 2}
    assert calls.counts == storage | {"UpdateItem": 2, "BatchWriteItem": 2}


def test_saving_unchanged_text_writes_nothing(backend: Backend, visitor: Visitor) -> None:
    """The edit form of a photo that is saved as it was costs two reads."""
    assert backend.clients
    path = f"/photos/{visitor.add(title='Pier', tags='sea, dusk')}/edit"
    fields = visitor.fields(path) | {"title": "Pier", "tags": "sea, dusk"}
    with recorded(backend.clients) as calls:
        assert visitor.post(path, fields).status_code == 303
    assert calls.counts == {"GetItem": 2}


def test_hiding_costs_two_transactions_and_a_copy_an_object(
    backend: Backend, visitor: Visitor
) -> None:
    """One request deletes all public objects.

    The view, the service, and the search index after deleting terms each read the photo. One
    counter is of public photos only. It becomes empty, so it is deleted.
    """
    assert backend.clients
    photo_id = visitor.add(title="Pier")
    fields = visitor.fields("/upload")
    with recorded(backend.clients) as calls:
        visitor.post(f"/photos/{photo_id}/hide", fields)
    assert calls.counts == {
        "GetItem": 3,
        "TransactWriteItems": 2,
        "UpdateItem": 1,
        "DeleteItem": 1,
        "BatchWriteItem": 1,
        "CopyObject": 2,
        "PutObject": 1,
        "DeleteObjects": 1,
    }


def test_rotating_costs_three_transactions_and_a_put_an_object(
    backend: Backend, visitor: Visitor
) -> None:
    """It reads the original once, and one request deletes the earlier objects.

    The original has another size, so the usage counters change.
    """
    assert backend.clients
    photo_id = visitor.add()
    fields = visitor.fields(f"/photos/{photo_id}") | {"direction": "right"}
    with recorded(backend.clients) as calls:
        visitor.post(f"/photos/{photo_id}/rotate", fields)
    assert calls.counts == {
        "GetItem": 1,
        "GetObject": 1,
        "TransactWriteItems": 3,
        "UpdateItem": 4,
        "PutObject": 2 + 1,
        "DeleteObjects": 1,
    }


def test_edit_costs_three_reads_a_transaction_and_a_put(backend: Backend, visitor: Visitor) -> None:
    """The view, the service, and the search index after writing terms each read the photo."""
    assert backend.clients
    photo_id = visitor.add(title="Pier")
    fields = visitor.fields(f"/photos/{photo_id}/edit")
    with recorded(backend.clients) as calls:
        answer = visitor.post(f"/photos/{photo_id}/edit", fields | {"title": "New"})
    assert answer.status_code == 303
    writes = {"TransactWriteItems": 1, "BatchWriteItem": 1, "PutObject": 1}
    assert calls.counts == {"GetItem": 3} | writes


def test_no_call_sends_an_acl(backend: Backend, visitor: Visitor, config: Config) -> None:
    """The bucket policy alone makes objects public."""
    assert backend.clients
    with recorded(backend.clients) as calls:
        visitor = Visitor(create_app(config, services_of(backend, config)))
        photo_id = visitor.add()
        visitor.submit(f"/photos/{photo_id}/delete")
    assert {"PutObject", "CopyObject"} <= set(calls.counts)
    assert not [
        parameters for _, parameters in calls.made if any("ACL" in name for name in parameters)
    ]
