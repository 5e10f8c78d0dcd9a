"""Uploads over plain HTTP, where browsers have no `crypto.subtle`, as on an address of EC2."""

import hashlib
import random
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PLAIN_HTTP_HOST
from tests.browser.test_visit import fill_in, is_upload, send

pytestmark = pytest.mark.browser

CHUNK_SIZE = 4 * 2**20  # bytes, of sha256.js
# The padding of 55 bytes ends with their block, that of 56 needs another one.
LENGTHS = (0, 1, 55, 56, 63, 64, 65, 119, 120, CHUNK_SIZE - 1, CHUNK_SIZE, CHUNK_SIZE + 1)
SHA256_OF_LENGTHS = """async (lengths) => {
  const sheet = document.querySelector("link[href*='/css/base.css']").href;
  const { sha256 } = await import(sheet.replace("css/base.css", "js/sha256.js"));
  const [file] = document.querySelector("[name=photo]").files;
  return Promise.all(lengths.map((length) => sha256(file.slice(0, length))));
}"""


@pytest.fixture
def size() -> tuple[int, int]:
    return 390, 844


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"trusted_hosts": (PLAIN_HTTP_HOST,)}


@pytest.fixture
def site_url(site_url: str) -> str:
    """Return the address of the site with a host name that browsers don't trust."""
    return site_url.replace("127.0.0.1", PLAIN_HTTP_HOST)


def test_the_digest_is_that_of_hashlib(page: Page, tmp_path: Path) -> None:
    """Files of any length have the right digest, also at the ends of blocks and chunks."""
    generator = random.Random(1)  # noqa: S311  the same files in each run
    content = generator.randbytes(CHUNK_SIZE + 1)
    lengths = [*LENGTHS, *(generator.randrange(5000) for _ in range(100))]
    file = tmp_path / "random.jpg"
    file.write_bytes(content)
    page.goto("/upload")
    page.evaluate("document.querySelector('[name=photo]').onchange = null")  # keeps the file
    page.locator("[name=photo]").set_input_files(file)
    digests = page.evaluate(SHA256_OF_LENGTHS, lengths)
    assert digests == [hashlib.sha256(content[:length]).hexdigest() for length in lengths]


def test_a_duplicate_is_not_sent(page: Page, photos: list[Path]) -> None:
    """The page finds that the site has the file before it sends it."""
    fill_in(page, photos[:1])
    assert not page.evaluate("isSecureContext")
    send(page)
    page.wait_for_url("**/photos/*")
    path = urlsplit(page.url).path
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if is_upload(request) else None)
    fill_in(page, photos[:1])
    tile = page.locator(".upload-tiles button")
    expect(tile).to_have_accessible_name("IMG_0.jpg: Already here")
    tile.click()
    expect(page.get_by_role("link", name="View")).to_have_attribute("href", path)
    assert sent == []
