"""The parts of a home; the `home` fixture itself, with both homes, is every test's."""

import time
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from types import SimpleNamespace
from unittest import mock

import pytest

from app.domain.photo import Photo
from app.services.ports import Catalog, ObjectStore
from app.storage.aws import client_factory
from tests.backends import REGION, Home, aws_environment, aws_home


@pytest.fixture
def catalog(home: Home) -> Catalog:
    return home.catalog


@pytest.fixture
def objects(home: Home) -> ObjectStore:
    return home.objects


@pytest.fixture
def cloud() -> Iterator[Home]:
    """The AWS home alone, for what only it has."""
    with aws_home() as home:
        yield home


@pytest.fixture
def clients() -> Iterator[client_factory.Clients]:
    """Clients without moto behind them: what a test does not answer fails."""
    with aws_environment():
        yield client_factory.clients(REGION)


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits before it tries again."""
    monkeypatch.setattr(time, "sleep", lambda _: None)


def publish_all(home: Home, photos: Iterable[Photo]) -> None:
    """Publish many photos. Moto copies both tables for each transaction, to roll back: none here has to be."""
    copying = SimpleNamespace(deepcopy=lambda it: it)
    with mock.patch("moto.dynamodb.models.copy", copying) if home.clients else nullcontext():
        for photo in photos:
            home.catalog.publish(photo)
