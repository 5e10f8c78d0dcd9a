"""The calls to AWS of downloads are part of the design."""

import pytest

from tests.backends import Backend
from tests.visitor import Visitor
from tests.web.storage_calls.page_calls import calls_of


@pytest.mark.parametrize("count", [1, 3])
def test_a_zip_file_reads_each_original_once(
    backend: Backend, visitor: Visitor, count: int
) -> None:
    """The records are read as on the page. A part of the file reads only its own originals."""
    photo_ids = [visitor.add(tags="lake") for _ in range(count)]
    path = "/download.zip?in=tag:lake"
    records = {"Query": 4, "BatchGetItem": 1}
    assert calls_of(backend, visitor, path) == records | {"GetObject": count}
    assert calls_of(backend, visitor, path, {"Range": "bytes=-50"}) == records
    assert calls_of(backend, visitor, path, {"Range": "bytes=1000-1001"}) == records | {
        "GetObject": 1
    }
    chosen = f"/download.zip?photo={photo_ids[0]}"
    assert calls_of(backend, visitor, chosen) == {"BatchGetItem": 1, "GetObject": 1}
    own = "/download.zip?in=uploads"
    assert calls_of(backend, visitor, own) == {"Query": 1, "BatchGetItem": 1, "GetObject": count}
