"""Check the compressed size of the gallery's first page and of all styles and scripts."""

import re
from collections.abc import Iterator
from pathlib import Path

import requests

from benchmarks.audit.checks import Check
from tests.server.site import ROOT

KILOBYTE = 1000
HEADERS = {"Accept-Encoding": "gzip, br"}


def checks(url: str) -> Iterator[Check]:
    """Yield sizes in kilobytes, as the running site sends them."""
    page = requests.get(url, timeout=60).text
    base = re.findall(r'href="(/static/\w+/)css/base\.css"', page)[0]
    names = [path.relative_to(ROOT / "static").as_posix() for path in sorted(_files())]
    total = sum(_transfer_size(f"{url}{base}{name}") for name in names)
    page_size = _transfer_size(url)
    yield Check("HTML of the gallery's first page", page_size / KILOBYTE, most=9, unit="kB")
    yield Check(f"All CSS and JS ({len(names)} files)", total / KILOBYTE, most=32, unit="kB")


def _files() -> Iterator[Path]:
    static = ROOT / "static"
    yield from static.rglob("*.css")
    yield from static.rglob("*.js")


def _transfer_size(url: str) -> int:
    with requests.get(url, headers=HEADERS, stream=True, timeout=60) as answer:
        assert answer.status_code == 200, url
        return len(answer.raw.read(decode_content=False))
