"""An attack with long forms, while gunicorn replaces a worker that processes one."""

import json
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import urlsplit

from tests.abuse.attacks.client import FORM_HEADERS, TIMEOUT, form
from tests.abuse.attacks.sites import Site
from tests.sample_images import jpeg

_WORKERS = 2
_PHOTOS = 120  # of a form, whose processing takes longer than the requests until a replacement
_RECENT = 100  # responses: as many of one worker in a row are no coincidence
_DEADLINE = 60.0  # seconds


def long_forms(site: Site) -> None:
    """Send each worker a form of many photos, and requests until one of them is replaced.

    Both forms must be answered. The other worker must answer all requests until the new one serves.
    """
    photos = [jpeg(1600, 1200) for _ in range(_PHOTOS)]
    body = form({"add_duplicates": "1"}, photos)  # both forms have the same photos
    connections = _connect_to_each_worker(site)
    with ThreadPoolExecutor(_WORKERS) as pool:
        forms = [pool.submit(_upload, each, body) for each in connections.values()]
        _ask_until(site, lambda recent: len(recent) == 1)  # the other worker accepts no requests
        assert not any(form.done() for form in forms), "the forms ended before a replacement"
        stored = [form.result() for form in forms]
    assert stored == [_PHOTOS] * _WORKERS, f"{stored} photos of the forms were stored"
    _ask_until(site, lambda recent: not recent <= set(connections))  # the new worker serves


def _connect_to_each_worker(site: Site) -> dict[str, HTTPConnection]:
    """Return a connection to each worker by its process: it answers all requests on it."""
    connections: dict[str, HTTPConnection] = {}
    while len(connections) < _WORKERS:
        connection = HTTPConnection(urlsplit(site.url).netloc, timeout=TIMEOUT)
        connections.setdefault(_ask_process(connection), connection)
    return connections


def _ask_until(site: Site, is_done: Callable[[set[str]], bool]) -> None:
    """Ask for `/healthz` until `is_done` is true of the processes of the recent responses."""
    deadline = time.monotonic() + _DEADLINE
    recent: deque[str] = deque(maxlen=_RECENT)
    while len(recent) < _RECENT or not is_done(set(recent)):
        assert time.monotonic() < deadline, "no worker was replaced"
        connection = HTTPConnection(urlsplit(site.url).netloc, timeout=TIMEOUT)
        recent.append(_ask_process(connection))
        connection.close()


def _ask_process(connection: HTTPConnection) -> str:
    connection.request("GET", "/healthz")
    response = connection.getresponse()
    response.read()
    return response.headers["X-Process"]


def _upload(connection: HTTPConnection, body: bytes) -> int:
    """Send a form and return the number of photos in the response."""
    connection.request("POST", "/upload", body, FORM_HEADERS | {"Accept": "application/json"})
    with connection.getresponse() as response:
        return len(json.loads(response.read())["photos"])
