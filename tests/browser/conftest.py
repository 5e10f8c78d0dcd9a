"""Fixtures that open the running site in Chromium. Console errors fail the test."""

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.live_site import live_site
from tests.sample_images import jpeg

PLAIN_HTTP_HOST = "photos.example"  # unlike 127.0.0.1, an insecure context
# Chromium has no sandbox when it runs as root. The last two options turn off its own requests.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    f"--host-resolver-rules=MAP {PLAIN_HTTP_HOST} 127.0.0.1",
    "--disable-background-networking",
    "--disable-component-update",
]
TIMEOUT = 60_000  # milliseconds; pages are slow while other tests run
LOG_LEVELS = {"error", "warning"}
SKIPPED_ANIMATION = "Transition was aborted"  # of a change of pages, on a busy machine
CORE = {"test_axe", "test_manage", "test_upload", "test_visit"}
WIDTHS = {"desktop": (1280, 800), "phone": (390, 844)}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Make two exhaustive lanes of window sizes, with and without scripts."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            is_core = item.path.stem in CORE
            lane = "browser: core" if is_core else "browser: details"
            item.add_marker(pytest.mark.exhaustive(lane, every=2 if is_core else 9))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if not chromium:
        assert not os.environ.get("REQUIRE_BROWSER"), (
            "REQUIRE_BROWSER is set, but chromium is not installed"
        )
        pytest.skip("chromium is not installed (apt-get install chromium-headless-shell)")
    expect.set_options(timeout=TIMEOUT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def settings() -> dict[str, Any]:
    """Return further settings of the site: fields of Config."""
    return {}


@pytest.fixture
def requested_paths() -> list[str]:
    """Return the paths that the site received, in the order of the requests."""
    return []


@pytest.fixture
def site_url(tmp_path: Path, requested_paths: list[str], settings: dict[str, Any]) -> Iterator[str]:
    with live_site(tmp_path / "backend", requested_paths, **settings) as url:
        yield url


@pytest.fixture(params=WIDTHS)
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    return WIDTHS[request.param]


@pytest.fixture
def scripts() -> bool:
    """Return whether JavaScript is on."""
    return True


@pytest.fixture
def preferences() -> dict[str, Any]:
    """Return further options of the Playwright context."""
    return {}


@pytest.fixture
def ignored_console_text() -> str:
    """Return the console text to ignore. Chromium logs every status from 400 on as an error."""
    return "status of 422"


@pytest.fixture
def page(
    browser: Browser,
    site_url: str,
    size: tuple[int, int],
    preferences: dict[str, Any],
    ignored_console_text: str,
    *,
    scripts: bool,
) -> Iterator[Page]:
    context = browser.new_context(
        base_url=site_url,
        viewport={"width": size[0], "height": size[1]},
        java_script_enabled=scripts,
        **({"reduced_motion": "reduce"} | preferences),
    )
    context.set_default_timeout(TIMEOUT)
    page = context.new_page()
    console_errors: list[str] = []
    page.on(
        "console",
        lambda message: console_errors.append(message.text) if message.type in LOG_LEVELS else None,
    )
    page.on("pageerror", lambda error: console_errors.append(str(error)))
    yield page
    context.close()
    ignored = (ignored_console_text, SKIPPED_ANIMATION)
    assert [text for text in console_errors if not any(each in text for each in ignored)] == []


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """Create three photos on the visitor's disk, of which the last is wider than a window."""
    files = [tmp_path / f"IMG_{number}.jpg" for number in range(3)]
    for file, shape in zip(files, ((300, 200), (150, 225), (2400, 800)), strict=True):
        file.write_bytes(jpeg(*shape))
    return files


SMALL = ((160, 120), (120, 160), (180, 120))


def add_photos(
    page: Page, count: int, shapes: Sequence[tuple[int, int]] = SMALL, **fields: str
) -> list[str]:
    """Upload generated photos as a script does, as `upload_photos`."""
    return upload_photos(
        page, [jpeg(*shapes[number % len(shapes)]) for number in range(count)], **fields
    )


def upload_photos(page: Page, bodies: Sequence[bytes], **fields: str) -> list[str]:
    """Upload JPEGs as a script does. Return the paths of their pages, newest first."""
    paths = []
    for number, body in enumerate(bodies):
        photo = {"name": f"IMG_{number}.jpg", "mimeType": "image/jpeg", "buffer": body}
        parts: dict[str, Any] = {"photo": photo, "title": f"Photo {number}", "add_duplicates": "1"}
        parts |= fields
        headers = {"Accept": "application/json", "X-Requested-With": "test"}
        response = page.request.post("/upload", headers=headers, multipart=parts)
        assert response.status == 201, response.text()
        paths.append(urlsplit(response.json()["photos"][0]["url"]).path)
    return paths[::-1]


def open_actions(page: Page) -> None:
    """Open the menu beside the title of a photo."""
    page.locator("main .menu summary").click()
