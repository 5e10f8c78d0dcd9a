"""The calls to AWS of uploads are part of the design."""

from dataclasses import replace
from hashlib import sha256
from io import BytesIO

from app import create_app
from app.config import Config
from app.domain.image.rendition_sizes import rendition_sizes
from tests.backends import Backend
from tests.conftest import services_of
from tests.sample_images import jpeg
from tests.storage.aws_calls import recorded
from tests.visitor import JSON, Visitor

SIZE = (700, 500)  # has renditions in both formats


def test_upload_costs_one_query_one_put_an_object_and_one_transaction(
    backend: Backend, visitor: Visitor
) -> None:
    """Each rendition, the original and the sidecar are one PUT; no HEAD and no LIST.

    One GetItem finds that no photo has the new id, one that no edit has come in between.

    After the transaction come six counters and the search terms.
    """
    assert backend.clients
    objects = len(rendition_sizes(*SIZE)) + 2
    fields = visitor.fields("/upload")
    with recorded(backend.clients) as calls:
        answer = visitor.post("/upload", fields | {"tags": "sea, hill", "photo": _file()})
    assert answer.status_code == 303
    assert calls.counts == {
        "Query": 1,
        "GetItem": 2,
        "PutObject": objects,
        "TransactWriteItems": 1,
        "UpdateItem": 2 + 4,
        "BatchWriteItem": 1,
    }
    assert calls.made[-9][0] == "TransactWriteItems"
    names = [name for name, _parameters in calls.made]
    last_put = max(index for index, name in enumerate(names) if name == "PutObject")
    assert names.index("TransactWriteItems") > last_put


def test_quota_costs_a_batch_and_four_queries(backend: Backend, config: Config) -> None:
    """A quota reads the counters of kept and deleted photos; without a quota nothing is read."""
    assert backend.clients
    limited = replace(config, max_photos_per_contributor=9, max_gb=9)
    visitor = Visitor(create_app(limited, services_of(backend, limited)))
    fields = visitor.fields("/upload")
    with recorded(backend.clients) as calls:
        assert visitor.post("/upload", fields | {"photo": _file()}).status_code == 303
    assert (calls.counts["Query"], calls.counts["BatchGetItem"]) == (1 + 4 + 4, 2)


def test_rejected_upload_costs_one_query(backend: Backend, visitor: Visitor) -> None:
    """A file that is not an image costs the search for photos of the same file."""
    assert backend.clients
    fields = visitor.fields("/upload")
    with recorded(backend.clients) as calls:
        assert visitor.post("/upload", fields | {"photo": _file(b"no picture")}).status_code == 422
    assert calls.counts == {"Query": 1}


def test_a_question_for_files_costs_one_query_each(backend: Backend, visitor: Visitor) -> None:
    """The photos of all files are read with one BatchGetItem. A file that is here costs two calls.

    Nothing is decoded or stored.
    """
    assert backend.clients
    bodies = [jpeg(80 + n, 60) for n in range(3)]
    visitor.upload_json(*bodies)
    hashes = [sha256(body).hexdigest() for body in (*bodies, b"new")]
    with recorded(backend.clients) as calls:
        answer = visitor.client.post("/upload/duplicates", json={"sha256": hashes}, headers=JSON)
    assert len(answer.json["duplicates"]) == 3
    assert calls.counts == {"Query": 4, "BatchGetItem": 1}
    with recorded(backend.clients) as calls:
        assert visitor.upload_json(bodies[0], add_duplicates="").json["skipped"]
    assert calls.counts == {"Query": 1, "BatchGetItem": 1}


def _file(body: bytes | None = None) -> list[object]:
    return [(BytesIO(body or jpeg(*SIZE)), "a.jpg")]
