"""The photos of an album in rows, and the pages that follow."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.config import Config
from app.domain.albums.album_text import AlbumText
from tests.backends import local_backend
from tests.browser.conftest import add_photos
from tests.conftest import services_of


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False])
def test_the_next_page_continues_the_rows(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, scripts: bool
) -> None:
    """With scripts it is appended to the same list. Without them a link opens it."""
    monkeypatch.setattr("app.web.pages.albums.albums.PAGE_SIZE", 2)
    photos = add_photos(page, 3)
    folder = tmp_path / "backend"
    albums = services_of(local_backend(folder), Config(photo_dir=folder)).albums
    album = albums.create("0" * 32, AlbumText("Lake", ""))
    for photo in photos:
        albums.add(album.album_id, photo.rpartition("/")[2])
    page.goto(f"/albums/{album.album_id}")
    cards = page.locator(".gallery li")
    following = page.get_by_role("link", name="Next")
    if scripts:
        expect(cards).to_have_count(3)
        expect(page.locator(".days > section")).to_have_count(1)
        expect(following).to_have_count(0)
    else:
        expect(cards).to_have_count(2)
        following.click()
        expect(cards).to_have_count(1)
    cards.last.locator("a").click()
    page.get_by_role("link", name="Previous").first.click()
    expect(page.get_by_role("link", name="Lake")).to_be_visible()
