"""A batch whose actions take several steps."""

import re

import pytest

from app.web.bulk import batch_actions
from tests.sample_images import jpeg
from tests.visitor import Visitor
from tests.web.bulk.batches.buttons import SIZE, STEP


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_actions, "MAX_PHOTOS", STEP)


@pytest.fixture
def path(visitor: Visitor) -> str:
    """The page of a batch."""
    return str(visitor.upload(*(jpeg(80 + n, 60) for n in range(SIZE))).location)


@pytest.fixture
def photo_ids(visitor: Visitor, path: str) -> list[str]:
    """The photos of the batch."""
    return re.findall(r'type="checkbox" name="photo" value="(\w+)"', visitor.get(path).text)
