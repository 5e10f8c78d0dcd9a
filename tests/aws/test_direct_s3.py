"""Direct calls of moto's S3 store and return the same as calls over HTTP."""

from collections.abc import Iterator
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import ObjectNotFound
from app.services.ports import ObjectStore
from tests.aws.direct_calls import call_over_http
from tests.backends import BUCKET, aws_backend
from tests.faults import stored_state
from tests.storage.aws_calls import client_error, listening

_PUBLIC, _TRASHED = "photos/01ABC/320.jpg", "trash/01ABC/320.jpg"


@pytest.mark.parametrize("is_direct", [True, False])
def test_an_object_that_is_missing_is_not_found(*, is_direct: bool) -> None:
    """A call that fails raises the error of a call over HTTP."""
    with aws_backend(is_direct=is_direct) as backend:
        for call in (backend.objects.get, backend.objects.open):
            with pytest.raises(ObjectNotFound):
                call(_PUBLIC)
        with pytest.raises(ObjectNotFound):
            backend.objects.copy(_PUBLIC, _TRASHED)
        assert not backend.objects.exists(_PUBLIC)
        backend.objects.delete([_PUBLIC])


def test_a_missing_object_raises_the_same_error() -> None:
    """The client raises the error that it raises over HTTP, for each call that reads an object."""
    with aws_backend() as backend:
        assert backend.clients
        s3: Any = backend.clients.s3
        missing = {"Bucket": BUCKET, "Key": _PUBLIC}
        copy = {"Bucket": BUCKET, "Key": _TRASHED, "MetadataDirective": "REPLACE"}
        calls = (
            partial(s3.get_object, **missing),
            partial(s3.head_object, **missing),
            partial(s3.copy_object, **copy, CopySource=missing),
        )
        direct = [client_error(call) for call in calls]
        with listening(backend.clients, "before-parameter-build", call_over_http):
            assert [client_error(call) for call in calls] == direct


def test_direct_calls_store_and_return_the_same(tmp_path: Path) -> None:
    """Each call leaves the same bodies and headers, and returns the same."""
    seen = []
    for is_direct in (False, True):
        with aws_backend(is_direct=is_direct) as backend:
            steps = _use(backend.objects)
            seen.append([(step, stored_state.digest(backend, tmp_path)) for step in steps])
    assert seen[0] == seen[1]
    assert len({digest for _, digest in seen[0]}) == len(seen[0])


def _use(store: ObjectStore) -> Iterator[object]:
    """Make the calls, and yield the results of reading after each change."""
    store.put(_PUBLIC, b"a photo")
    yield store.get(_PUBLIC), store.exists(_PUBLIC)
    store.put(_PUBLIC, BytesIO(b"another photo"))
    with store.open(_PUBLIC) as body, store.open(_PUBLIC, 8) as rest:
        yield body.read(3), body.read(), rest.read()
    store.copy(_PUBLIC, _TRASHED)
    yield list(store.list(""))
    store.put("photos/01ABC/photo.json", b"{}")
    yield list(store.list("photos/"))
    store.copy(_TRASHED, "photos/01ABC/640.avif")
    yield list(store.list("photos/01ABC/6"))
    store.delete([_PUBLIC, "photos/01ABC/unknown & <missing>.jpg"])
    yield store.exists(_PUBLIC)
    store.delete([_TRASHED, "photos/01ABC/missing.jpg"])
    yield list(store.list(""))
