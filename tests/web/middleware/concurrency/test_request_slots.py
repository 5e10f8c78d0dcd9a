"""A process works on few requests at a time; others wait, and so do upload forms in the queue."""

import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from app.web.middleware.concurrency.request_slots import RequestSlots, slot_released

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

SLOTS = 2
REQUESTS = 8


class BusyApp:
    """An app whose requests wait for the test. It counts those that are worked on."""

    def __init__(self) -> None:
        self.may_end = threading.Event()
        self.begun = threading.Semaphore(0)
        self.lock = threading.Lock()
        self.working = self.most = 0

    def __call__(
        self, environ: "WSGIEnvironment", _start_response: "StartResponse"
    ) -> Iterable[bytes]:
        with self.lock:
            self.working += 1
            self.most = max(self.most, self.working)
        self.begun.release()
        if environ.get("waits"):
            with slot_released(environ):
                assert self.may_end.wait(30)
        else:
            assert self.may_end.wait(30)
        with self.lock:
            self.working -= 1
        return []


def start(_status: str, _headers: object, _error: object = None) -> object:
    raise AssertionError


def test_few_requests_are_worked_on_at_once() -> None:
    """The others wait for a slot, and each has its turn."""
    app = BusyApp()
    limited = RequestSlots(app, SLOTS)
    with ThreadPoolExecutor(REQUESTS) as clients:
        done = [clients.submit(limited, {}, start) for _ in range(REQUESTS)]  # type: ignore[arg-type]
        for _ in range(SLOTS):
            assert app.begun.acquire(timeout=30)
        assert not app.begun.acquire(timeout=0.05)
        app.may_end.set()
    assert all(request.result() == [] for request in done)
    assert app.most <= SLOTS


def test_a_request_that_waits_leaves_its_slot() -> None:
    """Upload forms in the queue take nothing from pages."""
    app = BusyApp()
    limited = RequestSlots(app, SLOTS)
    with ThreadPoolExecutor(REQUESTS) as clients:
        forms = [clients.submit(limited, {"waits": True}, start) for _ in range(REQUESTS - 1)]  # type: ignore[arg-type]
        page = clients.submit(limited, {}, start)  # type: ignore[arg-type]
        for _ in range(REQUESTS):
            assert app.begun.acquire(timeout=30)
        app.may_end.set()
    assert all(request.result() == [] for request in (*forms, page))


def test_one_address_leaves_slots_to_others() -> None:
    """However many requests of it wait, a page for another address has a slot at once."""
    app = BusyApp()
    limited = RequestSlots(app, SLOTS, SLOTS - 1)
    with ThreadPoolExecutor(REQUESTS) as clients:
        one = {"REMOTE_ADDR": "192.0.2.1"}
        flood = [clients.submit(limited, dict(one), start) for _ in range(REQUESTS - 1)]  # type: ignore[arg-type]
        assert app.begun.acquire(timeout=30)
        assert not app.begun.acquire(timeout=0.05)
        page = clients.submit(limited, {"REMOTE_ADDR": "198.51.100.1"}, start)  # type: ignore[arg-type]
        assert app.begun.acquire(timeout=30)
        app.may_end.set()
    assert all(request.result() == [] for request in (*flood, page))


def test_a_health_check_needs_no_slot() -> None:
    """It is answered while all slots are taken."""
    app = BusyApp()
    limited = RequestSlots(app, SLOTS)
    with ThreadPoolExecutor(REQUESTS) as clients:
        busy = [clients.submit(limited, {}, start) for _ in range(SLOTS)]  # type: ignore[arg-type]
        for _ in busy:
            assert app.begun.acquire(timeout=30)
        check = clients.submit(limited, {"PATH_INFO": "/healthz"}, start)  # type: ignore[arg-type]
        assert app.begun.acquire(timeout=30)
        app.may_end.set()
    assert all(request.result() == [] for request in (*busy, check))


def test_an_error_frees_the_slot() -> None:
    def fail(_environ: object, _start: object) -> Iterable[bytes]:
        raise ValueError

    limited = RequestSlots(fail, 1)
    for _ in range(3):
        try:
            limited({}, start)  # type: ignore[arg-type]
        except ValueError:
            continue
        raise AssertionError
