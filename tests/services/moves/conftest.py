"""Photos, and services whose clock a test sets."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.config import Config
from app.domain.photo import Photo
from app.services import leases
from app.services.factory import Services
from app.services.moves.review_service import ReviewService
from tests.backends import Backend
from tests.conftest import services_of
from tests.sample_images import jpeg
from tests.services.moves.changes import Clock
from tests.services.moves.unlisted_albums import HOST, PARTY
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


@pytest.fixture
def reviews(services: Services) -> ReviewService:
    return services.reviews


@pytest.fixture
def add(services: Services) -> Callable[..., Photo]:
    """Upload a photo into an album of a host."""
    album = services.albums.create(HOST, PARTY)
    membership = services.albums.new_membership(album)

    def add(**options: object) -> Photo:
        request = replace(upload(jpeg(320, 240)), albums=(membership,), **options)
        return services.uploads.publish(request).photo

    return add


@pytest.fixture(autouse=True)
def short_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "_POLL_SECONDS", 0)
