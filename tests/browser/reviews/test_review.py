"""Reviewing the photos of an album, by keyboard and without scripts."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.config import Config
from app.domain.photo import Photo
from tests.backends import local_backend
from tests.browser.axe import violations
from tests.conftest import services_of
from tests.sample_images import jpeg
from tests.services.sample_uploads import upload


@pytest.fixture
def add_pending(tmp_path: Path) -> Callable[[str, int], Photo]:
    """Return a function that adds a photo of a guest to an album, with a form of its own."""
    folder = tmp_path / "backend"
    config = Config(photo_dir=folder, secret_key="a secret for tests alone")

    def add(album_id: str, number: int) -> Photo:
        services = services_of(local_backend(folder), config)
        album = services.albums.get(album_id)
        request = replace(
            upload(jpeg(320 + number, 240), upload_id=f"form {number}"),
            albums=(services.albums.new_membership(album),),
            owner="a" * 32,
            awaiting_review=True,
        )
        return services.uploads.publish(request).photo

    return add


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_host_reviews_by_keyboard(
    page: Page, add_pending: Callable[[str, int], Photo], *, scripts: bool
) -> None:
    """Space chooses a photo, Enter on a button decides, and a refusal can be undone."""
    page.goto("/albums/new")
    page.get_by_label("Title").fill("Party")
    page.get_by_role("button", name="Create album").click()
    page.wait_for_url(lambda url: not url.endswith("/new"))
    album = page.url
    for number in range(4):
        add_pending(album.rpartition("/")[2], number)
    page.goto(album)
    page.get_by_role("link", name="4 photos wait for review").click()
    if scripts:
        assert violations(page) == []
    _decide(page, "Approve")
    expect(page.get_by_text("1 photo approved.")).to_be_visible()
    _decide(page, "Refuse")
    expect(page.get_by_text("1 photo refused.")).to_be_visible()
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_text("1 photo waits for review again.")).to_be_visible()
    page.get_by_role("button", name="guest 1 (3 photos here)").press("Enter")
    expect(page.get_by_text("3 photos approved.")).to_be_visible()
    expect(page.get_by_text("No photo waits for review.")).to_be_visible()


@pytest.mark.browser
@pytest.mark.parametrize("photos", [1, 2, 3])
def test_photos_that_wait_are_large(
    page: Page, add_pending: Callable[[str, int], Photo], photos: int
) -> None:
    """However few there are, the list of them is as wide as the page."""
    form = {"title": "Party"}
    headers = {"X-Requested-With": "test"}
    page.goto("/upload")
    album = page.request.post("/albums/new", headers=headers, form=form).url
    for number in range(photos):
        add_pending(album.rpartition("/")[2], number)
    page.goto(f"{album}/review")
    outer, inner = (
        page.locator(selector).bounding_box() for selector in ("fieldset:has(ul)", "fieldset > ul")
    )
    assert outer
    assert inner
    assert inner["width"] > 0.9 * outer["width"]


def _decide(page: Page, decision: str) -> None:
    page.get_by_role("checkbox").first.press("Space")
    page.get_by_role("button", name=decision, exact=True).press("Enter")
