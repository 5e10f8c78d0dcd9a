"""How much the gallery's first page and all styles and scripts weigh as they travel."""

import re
from collections.abc import Iterator
from pathlib import Path

import requests

from benchmarks.audit.bars import Bar
from tests.server.site import ROOT

KILOBYTE = 1000
ASKED = {"Accept-Encoding": "gzip, br"}


def weights(url: str) -> Iterator[Bar]:
    """In kilobytes, compressed as the running site does it."""
    page = requests.get(url, timeout=60).text
    base = re.findall(r'href="(/static/\w+/)css/base\.css"', page)[0]
    parts = [path.relative_to(ROOT / "static").as_posix() for path in sorted(_parts())]
    together = sum(_travelling(f"{url}{base}{part}") for part in parts)
    yield Bar("HTML of the gallery's first page", _travelling(url) / KILOBYTE, most=8, unit="kB")
    yield Bar(
        f"CSS and JS altogether ({len(parts)} files)", together / KILOBYTE, most=25, unit="kB"
    )


def _parts() -> Iterator[Path]:
    static = ROOT / "static"
    yield from static.rglob("*.css")
    yield from static.rglob("*.js")


def _travelling(url: str) -> int:
    with requests.get(url, headers=ASKED, stream=True, timeout=60) as answer:
        assert answer.status_code == 200, url
        return len(answer.raw.read(decode_content=False))
