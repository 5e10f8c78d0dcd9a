"""A contributor with five photos, on a site with an admin."""

from dataclasses import replace

import pytest

from app.config import Config
from app.services.photo_service import PhotoService
from app.web.bulk import contributor_actions
from tests.conftest import ADMIN_PASSWORD
from tests.visitor import Visitor

BATCH = 2  # photos in a request


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, admin_password=ADMIN_PASSWORD)


@pytest.fixture
def photo_ids(visitor: Visitor, service: PhotoService) -> list[str]:
    """Five photos of one contributor: four public ones and one in the trash."""
    photo_ids = [visitor.add(title=f"Photo {number}") for number in range(5)]
    service.delete(photo_ids[2])
    return photo_ids


@pytest.fixture
def url(photo_ids: list[str], service: PhotoService) -> str:
    return f"/admin/contributors/{service.get(photo_ids[0]).owner}"


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contributor_actions, "PAGE_SIZE", BATCH)
