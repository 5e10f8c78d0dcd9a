"""A photo of a private bucket."""

import pytest

from tests.backends import Backend
from tests.object_stores.test_site import upload
from tests.visitor import Visitor


@pytest.fixture
def photo_id(visitor: Visitor) -> str:
    return upload(visitor, title="Pier", tags="sea")


@pytest.fixture
def key(photo_id: str, backend: Backend) -> str:
    """The key of the original."""
    return backend.catalog.get(photo_id).object_keys[-1]
