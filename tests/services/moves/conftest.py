"""A photo, and services whose clock a test sets."""

import pytest

from app.config import Config
from app.domain.photo import Photo
from app.services import leases
from app.services.factory import Services
from tests.backends import Backend
from tests.conftest import services_of
from tests.sample_images import jpeg
from tests.services.moves.changes import Clock
from tests.services.sample_uploads import upload


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def services(backend: Backend, config: Config, clock: Clock) -> Services:
    return services_of(backend, config, now=clock)


@pytest.fixture
def photo(services: Services) -> Photo:
    return services.uploads.publish(upload(jpeg(320, 240))).photo  # with an AVIF


@pytest.fixture(autouse=True)
def short_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "_POLL_SECONDS", 0)
