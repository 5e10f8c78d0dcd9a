"""The pages of a guest link, for the host and for guests."""

import re
from functools import partial
from io import BytesIO

from PIL import Image
from playwright.sync_api import Page

from tests.browser.screens.opening import HEADERS, Screen

SETTINGS = {"guest_access": "see", "guest_limit": "9", "guest_name": "y"}


def screens() -> list[Screen]:
    """Return the pages of the host, and those of a guest."""
    return [
        ("an album without a guest link", partial(_open_host, settings={})),
        ("the guests of an album", _open_host),
        ("guest settings with an error", partial(_open_host, settings={"guest_limit": "0"})),
        *((f"guests: {path}", partial(_open_host, path=path)) for path in ("/renew", "/card")),
        ("a guest link", _open_link),
        ("a name that is too long", _join_with_long_name),
        ("the form of a guest", _join),
        ("a guest who has added a photo", _add_photo),
        ("the photos of a guest", _open_thanks),
        ("a guest link that has ended", _open_ended_link),
    ]


def _open_host(page: Page, path: str = "", settings: dict[str, str] = SETTINGS) -> str:
    """Open a page of the host, and return the path of the guest link."""
    made = page.request.post("/albums/new", headers=HEADERS, form={"title": "Party"})
    guests = f"{made.url}/guests"
    code = ""
    if settings:
        form = SETTINGS | {"version": "1"} | settings
        text = page.request.post(guests, headers=HEADERS, form=form).text()
        code = next(iter(re.findall("/join/[a-z2-7]{16}", text)), "")
    page.goto(guests + path)
    if "guest_limit" in settings and settings != SETTINGS:
        page.get_by_label("Most photos of one guest").fill(settings["guest_limit"])
        page.locator("main form button").last.click()
    return code


def _open_link(page: Page) -> None:
    page.goto(_open_host(page))


def _open_thanks(page: Page) -> None:
    link = _open_host(page)
    page.goto(link)
    page.locator("main form button").click()
    page.goto(f"{link}/thanks")


def _join_with_long_name(page: Page) -> None:
    _open_link(page)
    page.get_by_label("Your first name").fill("x" * 61)
    page.locator("main form button").click()


def _join(page: Page) -> None:
    _open_link(page)
    page.locator("main form button").click()
    page.locator(".shared-fields > summary").click()


def _add_photo(page: Page) -> None:
    _open_link(page)
    page.locator("main form button").click()
    file = BytesIO()
    Image.effect_noise((90, 60), 80).save(file, "PNG")
    photo = {"name": "a.png", "mimeType": "image/png", "buffer": file.getvalue()}
    page.locator("input[name=photo]").set_input_files(photo)  # type: ignore[arg-type]
    page.locator("form.upload button").last.click()
    page.wait_for_url("**/albums/*")


def _open_ended_link(page: Page) -> None:
    page.goto(f"/join/{'a' * 16}")
