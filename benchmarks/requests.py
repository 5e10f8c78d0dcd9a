"""Measure the CPU time of a request for a page, for an image, and for a page that nginx keeps."""

import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from http.client import HTTPConnection
from itertools import count, islice
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.test import EnvironBuilder

from app.domain import object_keys
from benchmarks.collection import SamplePhotos, fill, new_app
from benchmarks.site import UNLIMITED, cpu_seconds
from benchmarks.timing import cpu_medians
from tests.https.instance import NGINX, Instance, serving_instance
from tests.sample_images import jpeg
from tests.server.client import post
from tests.server.site import GUNICORN, RunningSite

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

PHOTOS = 120  # more than one page of the gallery
REQUESTS = 100  # in each round
IMAGE_BYTES = 60_000
THROUGH_FLASK = {"If-None-Match": '"another"'}

NGINX_PHOTOS = 30
NGINX_ROUNDS = 5
NGINX_SECONDS = 2.0  # of each round
BROWSERS = 8  # at the same time
ANONYMOUS = {"Accept-Encoding": "gzip"}
KNOWN = ANONYMOUS | {"Cookie": "visited=1"}  # nginx keeps no pages for visitors with a cookie
CORES = 2


def main() -> None:
    """Print CPU times and ratios."""
    _print_in_process()
    if NGINX is None:
        print("nginx is missing (apt-get install nginx): pages that nginx keeps were not measured")
    else:
        _print_with_nginx()


def _print_in_process() -> None:
    with tempfile.TemporaryDirectory() as name:
        seconds = cpu_medians(_candidates(Path(name)))
    print(f"CPU time of one request in the app (median of rounds of {REQUESTS} requests)")
    empty = seconds["an empty Flask app"]
    for name, spent in seconds.items():
        print(
            f"  {name:20} {spent / REQUESTS * 1000:6.3f} ms, {spent / empty:5.1f} × the empty app"
        )


def _candidates(folder: Path) -> dict[str, partial[None]]:
    """Return the measured requests by name, to a site with photos in the folder."""
    photos = list(islice(SamplePhotos(), PHOTOS))
    fill(folder, photos)
    app = new_app(folder).wsgi_app
    key = object_keys.rendition(photos[0].photo_id, 640)
    image = folder / "objects" / key
    image.parent.mkdir(parents=True)
    image.write_bytes(os.urandom(IMAGE_BYTES))
    path = f"/media/{key}"
    return {
        "an empty Flask app": _requests(_empty_app(), "/"),
        "gallery": _requests(app, "/"),
        "image": _requests(app, path),
        "image through Flask": _requests(app, path, THROUGH_FLASK.items()),
    }


def _empty_app() -> "WSGIApplication":
    """Return an app that does nothing but Flask's part of a request."""
    app = Flask("empty")
    app.add_url_rule("/", view_func=lambda: "")
    return app.wsgi_app


def _requests(
    app: "WSGIApplication", path: str, headers: Iterable[tuple[str, str]] = ()
) -> partial[None]:
    environ = EnvironBuilder(path, base_url="http://localhost", headers=headers).get_environ()
    return partial(_send_all, app, environ)


def _send_all(app: "WSGIApplication", environ: dict[str, object]) -> None:
    """Send a round of requests; the server would send a file without reading it here."""
    for _ in range(REQUESTS):
        body = app(dict(environ), lambda _status, _headers, _error=None: lambda _data: None)
        close = getattr(body, "close", None)
        if close is not None:
            close()


def _print_with_nginx() -> None:
    spent: dict[str, list[float]] = {"kept by nginx": [], "rendered": []}
    with _instance() as (instance, pids):
        for round_number in range(NGINX_ROUNDS + 1):
            for name, headers in (("kept by nginx", ANONYMOUS), ("rendered", KNOWN)):
                seconds = _cpu_of_request(instance, pids, headers)
                spent[name] += [seconds] * bool(round_number)  # the first round is to warm up
    kept, rendered = (median(figures) for figures in spent.values())
    print(f"A gallery page of {NGINX_PHOTOS} photos through nginx, CPU time of all processes")
    print(f"(median of {NGINX_ROUNDS} rounds of {NGINX_SECONDS:.0f} s, {BROWSERS} browsers)")
    for name, seconds in (("kept by nginx", kept), ("rendered", rendered)):
        rate = CORES / seconds
        print(f"  {name:14} {seconds * 1000:6.3f} ms, {rate:6.0f} a second on {CORES} cores")
    print(f"  ratio {rendered / kept:.0f}")


@contextmanager
def _instance() -> Iterator[tuple[Instance, tuple[int, int]]]:
    """Start gunicorn and nginx with photos, and yield the instance and the ids of both."""
    settings = {"PROXY_HOPS": "1", "WEB_CONCURRENCY": str(CORES), "UPLOAD_RATE_LIMIT": UNLIMITED}
    with tempfile.TemporaryDirectory() as name, ExitStack() as running:
        folder = Path(name)
        folder.chmod(0o755)  # nginx's workers have a user of their own
        site = running.enter_context(RunningSite(folder / "site", GUNICORN, **settings))
        for number in range(NGINX_PHOTOS):
            post(site.url, jpeg(320, 240, seed=number), title=f"Photo {number}")
        instance = running.enter_context(serving_instance(urlsplit(site.url).netloc, folder))
        nginx = int((instance.folder / "run/nginx.pid").read_text())
        yield instance, (nginx, site.process.pid)


def _cpu_of_request(instance: Instance, pids: tuple[int, int], headers: dict[str, str]) -> float:
    before = sum(map(cpu_seconds, pids))
    with ThreadPoolExecutor(BROWSERS) as browsers:
        counts = browsers.map(partial(_browse, instance.http, headers), range(BROWSERS))
        answered = sum(counts)
    return (sum(map(cpu_seconds, pids)) - before) / answered


def _browse(port: int, headers: dict[str, str], browser: int) -> int:
    """Request the gallery for some time, and return how often."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    end = time.monotonic() + NGINX_SECONDS
    for number in count():
        if time.monotonic() > end:
            return number
        # The limits of one address: every ten requests come from another one.
        address = f"198.51.{browser}.{number // 10 % 250}"
        connection.request("GET", "/", headers=headers | {"X-Test-Address": address})
        response = connection.getresponse()
        response.read()
        assert response.status == 200, response.status
    raise AssertionError
