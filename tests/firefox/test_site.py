"""The site in Firefox, on a phone's screen: nothing on its pages is refused or fails."""

from pathlib import Path

import pytest
import requests

from tests.firefox.bidi import Tab
from tests.sample_images import jpeg

pytestmark = [pytest.mark.browser, pytest.mark.exhaustive("Firefox", every=2)]

ALL_LOADED = (
    "document.images.length > 0 && "
    "[...document.images].filter(image => !image.closest('details:not([open])'))"
    ".every(image => image.complete && image.naturalWidth > 0)"
)
LOADED_PHOTOS = (
    "performance.getEntriesByType('resource').filter(({ name }) => name.includes('/media/')).length"
)
THUMBNAILS = (
    "[...document.querySelectorAll('.upload-tiles canvas')].filter(it => it.width === 256).length"
)
SUBMIT = ".upload-bar button:last-child"
NO_HORIZONTAL_SCROLL = "document.documentElement.scrollWidth <= innerWidth"


def upload(tab: Tab, site_url: str, files: list[Path]) -> None:
    tab.goto(f"{site_url}/upload")
    tab.choose_files("input[name=photo]", files)
    tab.wait_for(f"{THUMBNAILS} === {len(files)}")
    tab.click(SUBMIT)


def test_photos_are_uploaded_and_shown(tab: Tab, site_url: str, tmp_path: Path) -> None:
    """The script uploads three photos. The gallery and the feed load them, one leads to others."""
    files = [tmp_path / f"IMG_{number}.jpg" for number in range(3)]
    for file in files:
        file.write_bytes(jpeg(600, 400))
    upload(tab, site_url, files)
    tab.wait_for("location.pathname === '/uploads' && document.readyState === 'complete'")
    tab.wait_for(ALL_LOADED)
    tab.goto(site_url)
    tab.wait_for("document.querySelectorAll('.gallery > li').length === 3")
    tab.wait_for(ALL_LOADED)  # Firefox warns about images that a click interrupts
    assert tab.evaluate(NO_HORIZONTAL_SCROLL)
    tab.click(".gallery > li:nth-child(2) a")
    tab.wait_for("location.pathname.startsWith('/photos/')")
    tab.wait_for(ALL_LOADED)
    first = tab.url
    tab.click(".neighbors [rel=next]")
    tab.wait_for(f"location.href !== '{first}' && document.readyState === 'complete'")
    tab.wait_for(ALL_LOADED)
    assert tab.evaluate(NO_HORIZONTAL_SCROLL)
    tab.goto(f"{site_url}/feed.xml")
    tab.wait_for("getComputedStyle(document.querySelector('entry')).display === 'block'")
    tab.wait_for("[...document.querySelectorAll('img')].every(image => image.naturalWidth > 0)")


def test_a_neighbor_s_image_loads_ahead_on_intent(tab: Tab, site_url: str) -> None:
    """A photo's page loads no other photo before the link to a neighbor has the focus."""
    headers = {"Accept": "application/json", "X-Requested-With": "test"}
    for title in ("older", "newer"):
        files = {"photo": (f"{title}.jpg", jpeg(600, 400))}
        answer = requests.post(
            f"{site_url}/upload", {"title": title}, files=files, headers=headers, timeout=60
        )
    tab.goto(answer.json()["photos"][0]["url"])
    tab.wait_for(ALL_LOADED)
    assert tab.evaluate(LOADED_PHOTOS) == 1
    tab.evaluate("document.querySelector('.neighbors [rel=next]').focus()")
    tab.wait_for(f"{LOADED_PHOTOS} === 2")


def test_a_photo_fills_the_window(tab: Tab, site_url: str) -> None:
    """A larger image loads only then. The focus goes in and comes back."""
    headers = {"Accept": "application/json", "X-Requested-With": "test"}
    files = {"photo": ("IMG_0.jpg", jpeg(3000, 2000))}
    answer = requests.post(f"{site_url}/upload", files=files, headers=headers, timeout=60)
    tab.goto(answer.json()["photos"][0]["url"])
    tab.wait_for(ALL_LOADED)
    assert tab.evaluate(LOADED_PHOTOS) == 1
    tab.click(".open-full")
    tab.wait_for("document.activeElement.id === 'full'")
    tab.wait_for(f"document.querySelectorAll('.photo-viewer img').length === 2 && {ALL_LOADED}")
    assert tab.evaluate("getComputedStyle(document.querySelector('header')).visibility") == "hidden"
    tab.click(".full-close")
    tab.wait_for("location.hash === '' && document.activeElement.id === 'photo'")


@pytest.mark.parametrize("change", ["gone", "longer"])
def test_a_changed_file_is_not_sent(tab: Tab, site_url: str, tmp_path: Path, change: str) -> None:
    """Its row says so. Firefox would send a request that never ends."""
    file = tmp_path / "IMG_0.jpg"
    file.write_bytes(jpeg(60, 40))
    tab.goto(f"{site_url}/upload")
    tab.choose_files("input[name=photo]", [file])
    tab.wait_for("document.querySelectorAll('.upload-tiles .waiting').length === 1")
    if change == "gone":
        file.unlink()
    else:
        file.write_bytes(jpeg(600, 400))
    tab.click(SUBMIT)
    label = tab.wait_for("document.querySelector('.failed button')?.ariaLabel")
    assert label == "IMG_0.jpg: This file has changed since you chose it. Choose it again."


def test_no_page_has_errors(tab: Tab, site_url: str) -> None:
    """The console stays empty, and nothing is wider than the window."""
    for path in ("/", "/upload?tags=sea", "/tags", "/search?q=sea", "/login", "/uploads"):
        tab.goto(site_url + path)
        assert tab.evaluate("document.querySelectorAll('h1').length") == 1, path
        assert tab.evaluate(NO_HORIZONTAL_SCROLL), path


def test_no_page_of_a_photo_has_errors(tab: Tab, site_url: str) -> None:
    """The photo in its tag, the QR code, the slideshow and larger photos load completely."""
    headers = {"Accept": "application/json", "X-Requested-With": "test"}
    files = {"photo": ("pier.jpg", jpeg(600, 400))}
    answer = requests.post(
        f"{site_url}/upload", {"tags": "sea"}, files=files, headers=headers, timeout=60
    )
    photo = answer.json()["photos"][0]["path"]
    for path in ("/?size=large", "/tags/sea", "/slideshow?paused=", f"{photo}?in=tag:sea"):
        tab.goto(site_url + path)
        tab.wait_for(ALL_LOADED)
        assert tab.evaluate(NO_HORIZONTAL_SCROLL), path
    tab.click(".share summary")
    tab.wait_for("document.querySelector('.qr-code').naturalWidth > 0")


def test_no_text_is_drawn_over_the_colors_of_a_photo(tab: Tab, site_url: str) -> None:
    """Firefox draws the alternative text of an image in its color while it loads."""
    headers = {"Accept": "application/json", "X-Requested-With": "test"}
    files = {"photo": ("pier.jpg", jpeg(600, 400))}
    requests.post(f"{site_url}/upload", files=files, headers=headers, timeout=60)
    tab.goto(site_url)
    tab.wait_for(ALL_LOADED)
    color = tab.evaluate("getComputedStyle(document.querySelector('.gallery img')).color")
    assert color == "rgba(0, 0, 0, 0)"
