"""Fixtures for the parts of a storage backend."""

import time
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from types import SimpleNamespace
from unittest import mock

import pytest

from app.domain import pages
from app.domain.photo import Photo
from app.services.ports import Catalog, ObjectStore
from app.storage.aws import client_factory, dynamodb_listings, dynamodb_search
from app.storage.local import sqlite_search
from tests.backends import REGION, Backend, aws_backend, aws_environment


@pytest.fixture
def catalog(backend: Backend) -> Catalog:
    return backend.catalog


@pytest.fixture
def objects(backend: Backend) -> ObjectStore:
    return backend.objects


@pytest.fixture
def cloud() -> Iterator[Backend]:
    """The AWS backend alone."""
    with aws_backend() as backend:
        yield backend


@pytest.fixture
def clients() -> Iterator[client_factory.Clients]:
    """Clients without moto: a call that the test does not answer fails."""
    with aws_environment():
        yield client_factory.create_clients(REGION)


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits before it tries again."""
    monkeypatch.setattr(time, "sleep", lambda _: None)


def publish_all(backend: Backend, photos: Iterable[Photo]) -> None:
    """Publish many photos. Skip moto's copy of the tables for each transaction."""
    copying = SimpleNamespace(deepcopy=lambda it: it)
    with mock.patch("moto.dynamodb.models.copy", copying) if backend.clients else nullcontext():
        for photo in photos:
            backend.catalog.publish(photo)


def set_max_ranked(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Let only the photos of shorter listings have a rank, so that a test needs fewer photos."""
    for module in (pages, dynamodb_listings, dynamodb_search, sqlite_search):
        monkeypatch.setattr(module, "MAX_RANKED", most)
