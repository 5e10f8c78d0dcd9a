"""Debian's chromium before the running site; whatever the console complains of fails the test."""

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.sample_images import jpeg
from tests.server.site import RunningSite

# As root, as in CI, chromium has no sandbox of its own; the others keep it from calling home.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]
PATIENCE = 60_000  # milliseconds: where tests share a machine with others, a page may take its time
COMPLAINTS = {"error", "warning"}
WIDTHS = {"desk": (1280, 800), "phone": (390, 844)}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if not chromium:
        assert not os.environ.get("REQUIRE_BROWSER"), (
            "there is no chromium, and no browser test may be left out"
        )
        pytest.skip("there is no chromium here (apt-get install chromium)")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def settings() -> dict[str, str]:
    """The site's settings beside where it keeps its photos."""
    return {}


@pytest.fixture
def site(tmp_path: Path, settings: dict[str, str]) -> Iterator[RunningSite]:
    with RunningSite(tmp_path / "backend", **settings) as site:
        yield site


@pytest.fixture(params=WIDTHS)
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    return WIDTHS[request.param]


@pytest.fixture
def scripts() -> bool:
    """Whether JavaScript is on."""
    return True


@pytest.fixture
def preferences() -> dict[str, Any]:
    """What else the visitor's browser is or was told, as Playwright names it."""
    return {}


@pytest.fixture
def forgiven() -> str:
    """What of the console's complaints is as it should be: Chromium notes every answer above 399 as an error."""
    return "status of 422"


@pytest.fixture
def page(
    browser: Browser,
    site: RunningSite,
    size: tuple[int, int],
    preferences: dict[str, Any],
    forgiven: str,
    *,
    scripts: bool,
) -> Iterator[Page]:
    context = browser.new_context(
        base_url=site.url,
        viewport={"width": size[0], "height": size[1]},
        java_script_enabled=scripts,
        **({"reduced_motion": "reduce"} | preferences),
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type in COMPLAINTS else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert [complaint for complaint in complaints if forgiven not in complaint] == []


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """Three photos on the visitor's disk."""
    files = [tmp_path / f"IMG_{number}.jpg" for number in range(3)]
    for file, shape in zip(files, ((1200, 800), (600, 900), (2400, 800)), strict=True):
        file.write_bytes(jpeg(*shape))
    return files


SMALL = ((160, 120), (120, 160), (180, 120))


def add_photos(
    page: Page, count: int, shapes: Sequence[tuple[int, int]] = SMALL, **typed: str
) -> list[str]:
    """Upload so many photos as a script does; gives the paths of their pages, newest first."""
    paths = []
    for number in range(count):
        photo = {
            "name": f"IMG_{number}.jpg",
            "mimeType": "image/jpeg",
            "buffer": jpeg(*shapes[number % len(shapes)]),
        }
        parts = {"photo": photo, "title": f"Photo {number}"} | typed
        headers = {"Accept": "application/json", "X-Requested-With": "test"}
        answer = page.request.post("/upload", headers=headers, multipart=parts)  # type: ignore[arg-type]  # a file as Playwright has it
        assert answer.status == 201, answer.text()
        paths.append(urlsplit(answer.json()["photos"][0]["url"]).path)
    return paths[::-1]
