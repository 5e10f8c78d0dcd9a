"""A site on AWS whose calls are counted."""

from collections.abc import Iterator
from unittest import mock

import pytest

from tests.backends import Backend, aws_backend


@pytest.fixture
def backend() -> Iterator[Backend]:
    with aws_backend() as backend:
        yield backend


@pytest.fixture(autouse=True)
def generations(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> mock.Mock:
    """Leave out the GetItem for the visitor's own cookie, which one test is about."""
    revocations = backend.session_revocations
    found = mock.Mock(return_value=None)
    monkeypatch.setattr(type(revocations), "generation_of", lambda _, owner: found(owner))
    return found
