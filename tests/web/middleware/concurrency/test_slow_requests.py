"""Requests that may wait for long have limits, so that they leave slots to pages."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app import create_app
from app.config import Config
from app.services.deadline import remaining_seconds
from app.web.middleware import request_deadline
from app.web.middleware.concurrency.concurrency_limit import ConcurrencyLimit
from app.web.middleware.concurrency.request_slots import SLOTS
from app.web.middleware.concurrency.slow_requests import IMAGES, KINDS, kind_of
from app.web.middleware.rate_limits import RateLimits
from tests.backends import local_backend
from tests.conftest import services_of

ROTATE = "/photos/01JZZZZZZZZZZZZZZZZZZZZZZZ/rotate"  # a 404 once it has a turn
UPLOAD = "upload.create"
READYZ = "health.readyz"  # only for clients on the machine itself
HEADERS = {"X-Requested-With": "test"}


class Gate:
    """What requests to rotate a photo wait for, until the test opens it."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.waiting = threading.Semaphore(0)

    def __call__(self) -> None:
        self.waiting.release()
        assert self.opened.wait(30)


@pytest.fixture
def app(config: Config) -> Flask:
    """A site on the local backend: moto is not thread-safe."""
    return create_app(config, services_of(local_backend(config.photo_dir), config))


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    gate = Gate()
    monkeypatch.setattr(RateLimits, "check_decoding", gate)
    return gate


def send(app: Flask, method: str, path: str, address: str) -> TestResponse:
    environ = {"REMOTE_ADDR": address}
    return app.test_client().open(path, method=method, environ_overrides=environ, headers=HEADERS)


@contextmanager
def rotations(app: Flask, gate: Gate, *addresses: str) -> Iterator[list[Future[TestResponse]]]:
    """Send one rotation from each address; in the block, those that have a turn are worked on."""
    with ThreadPoolExecutor(len(addresses)) as pool:
        sent = [pool.submit(send, app, "POST", ROTATE, address) for address in addresses]
        try:
            yield sent
        finally:
            gate.opened.set()


def test_every_request_with_a_long_deadline_has_a_limit(app: Flask) -> None:
    """All changes, and all GET requests that wait longer for the storage than a page does."""
    unlimited = {
        (method, rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"OPTIONS"}  # which Flask answers
        if kind_of(method, rule.endpoint) is None
        and request_deadline.seconds_for(method, rule.endpoint) != request_deadline.READ_TIMEOUT
    }
    assert {endpoint for _method, endpoint in unlimited} <= {UPLOAD, READYZ}


def test_waiting_rotations_leave_slots_to_pages(app: Flask, gate: Gate) -> None:
    """Many addresses send more rotations than there are slots. Pages are served meanwhile."""
    addresses = [f"192.0.2.{number}" for number in range(SLOTS + 4)]
    with rotations(app, gate, *addresses) as sent:
        for _ in range(IMAGES.most):
            assert gate.waiting.acquire(timeout=30)
        assert not gate.waiting.acquire(timeout=0.05)
        for path in ("/", "/healthz"):
            assert send(app, "GET", path, "198.51.100.1").status_code == 200
        assert not any(rotation.done() for rotation in sent)
    assert {rotation.result().status_code for rotation in sent} == {404}


def test_one_address_leaves_rotations_and_other_changes_to_others(app: Flask, gate: Gate) -> None:
    """Its own further rotations wait, and more than may wait are refused at once."""
    many = ["192.0.2.1"] * (IMAGES.most_per_address + IMAGES.queue.most_per_address)
    with rotations(app, gate, *many) as sent, ThreadPoolExecutor(1) as pool:
        for _ in range(IMAGES.most_per_address):
            assert gate.waiting.acquire(timeout=30)
        other = pool.submit(send, app, "POST", ROTATE, "198.51.100.1")
        assert gate.waiting.acquire(timeout=30)
        assert send(app, "POST", "/login", "192.0.2.1").status_code != 503
        gate.opened.set()
        assert other.result().status_code == 404
    assert {rotation.result().status_code for rotation in sent} == {404}


def test_an_address_over_its_limits_is_refused(app: Flask, gate: Gate) -> None:
    """As many of its rotations as may be worked on and wait are served; others get a 503."""
    allowed = IMAGES.most_per_address + IMAGES.queue.most_per_address
    with rotations(app, gate, *["192.0.2.1"] * (allowed + 4)) as sent:
        answers = as_completed(sent, timeout=30)
        refused = [next(answers).result() for _ in range(4)]
    assert {response.status_code for response in refused} == {503}
    assert all(int(response.headers["Retry-After"]) > 0 for response in refused)
    statuses = Counter(rotation.result().status_code for rotation in sent)
    assert statuses == {404: allowed, 503: 4}


def test_an_error_leaves_the_turn_to_others(app: Flask, gate: Gate) -> None:
    gate.opened.set()
    for _ in range(2 * IMAGES.most):
        assert send(app, "POST", ROTATE, "192.0.2.1").status_code == 404


def test_the_deadline_begins_after_the_wait(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change that has waited for its turn has all of its time for the storage."""
    left: list[float | None] = []

    def note(*_arguments: object) -> None:
        left.append(remaining_seconds())

    monkeypatch.setattr(ConcurrencyLimit, "acquire", note)
    monkeypatch.setattr(ConcurrencyLimit, "release", lambda *_arguments: None)
    send(app, "POST", "/login", "192.0.2.1")
    assert left == [None, None, None]  # for a slot, for its turn, and for a slot again


def test_no_address_can_take_all_turns_of_a_kind() -> None:
    for kind in KINDS:
        assert kind.most_per_address < kind.most
        assert kind.queue.most_per_address < kind.queue.most
