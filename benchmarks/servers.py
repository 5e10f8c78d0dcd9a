"""Compare waitress, which `make run` uses, with gunicorn, which runs behind nginx.

Each has one process for pages. Both run at the same time and are measured in turn.
"""

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import requests

from benchmarks.sample_photos import sample_photos
from benchmarks.site import UNLIMITED, cpu_seconds, make_unique, read_form, upload
from tests.server.client import photos_in, post
from tests.server.site import GUNICORN, RunningSite

ROUNDS = 11
REQUESTS = 200  # in each round
BROWSERS = 4  # at the same time
SETTINGS = {"UPLOAD_RATE_LIMIT": UNLIMITED, "WEB_CONCURRENCY": "1", "IMAGE_WORKERS": "1"}
_numbers = count()


@dataclass
class Figures:
    """The figures of one server: one of each kind a round."""

    requests_per_second: dict[str, list[float]] = field(default_factory=dict)
    cpu_of_upload: list[float] = field(default_factory=list)


def main() -> None:
    """Print the figures of waitress as ratios to gunicorn's."""
    figures = {"app": Figures(), GUNICORN: Figures()}
    with tempfile.TemporaryDirectory() as name, ExitStack() as running:
        photo = sample_photos(Path(name))["12 MP"].read_bytes()
        sites = {
            module: running.enter_context(RunningSite(Path(name) / module, module, **SETTINGS))
            for module in figures
        }
        paths = {module: _publish(site, photo) for module, site in sites.items()}
        for round_number in range(ROUNDS + 1):
            for module, site in sites.items():
                warm = figures[module] if round_number else Figures()
                _measure(site, paths[module], photo, warm)
    _print_ratios(figures["app"], figures[GUNICORN])


def _publish(site: RunningSite, photo: bytes) -> str:
    """Publish thirty photos, as many as a page of the gallery has; return the path of one."""
    for _ in range(29):
        photos_in(post(site.url, make_unique(photo, next(_numbers))))
    (published,) = photos_in(post(site.url, make_unique(photo, next(_numbers))))
    url: str = published["url"]
    return urlsplit(url).path


def _measure(site: RunningSite, photo_path: str, photo: bytes, figures: Figures) -> None:
    for name, path in {"gallery": "/", "photo page": photo_path}.items():
        rate = _requests_per_second(site.url + path)
        figures.requests_per_second.setdefault(name, []).append(rate)
    with requests.Session() as browser:
        form = read_form(site, browser)
        before = cpu_seconds(site.process.pid)
        upload(site, browser, form, make_unique(photo, next(_numbers)))
        figures.cpu_of_upload.append(cpu_seconds(site.process.pid) - before)


def _requests_per_second(url: str) -> float:
    """Let several browsers request a page again and again."""

    def browse() -> None:
        with requests.Session() as browser:
            for _ in range(REQUESTS // BROWSERS):
                assert browser.get(url, timeout=60).status_code == 200

    start = time.perf_counter()
    with ThreadPoolExecutor(BROWSERS) as browsers:
        for done in [browsers.submit(browse) for _ in range(BROWSERS)]:
            done.result()
    return REQUESTS / (time.perf_counter() - start)


def _print_ratios(waitress: Figures, gunicorn: Figures) -> None:
    print("waitress with one process ÷ gunicorn with one worker, local backend")
    print(
        f"(median of {ROUNDS} rounds of {REQUESTS} requests by {BROWSERS} browsers, and one upload)"
    )
    for name, rates in waitress.requests_per_second.items():
        ratio = _median_ratio(rates, gunicorn.requests_per_second[name])
        print(f"  requests per second, {name}: {ratio:.2f} ({median(rates):.0f} a second)")
    ratio = _median_ratio(waitress.cpu_of_upload, gunicorn.cpu_of_upload)
    seconds = median(waitress.cpu_of_upload)
    print(f"  CPU time of an upload, all processes: {ratio:.2f} ({seconds:.3f} s)")


def _median_ratio(figures: list[float], others: list[float]) -> float:
    """Return the median of the ratios of each round, in which both had the same load."""
    return median(one / other for one, other in zip(figures, others, strict=True))


if __name__ == "__main__":
    main()
