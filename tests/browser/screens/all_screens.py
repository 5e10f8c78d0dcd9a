"""The screens of the site."""

from functools import partial

from playwright.sync_api import Page

from tests.browser.screens import (
    album_screens,
    guest_screens,
    photo_screens,
    token_screens,
    upload_screens,
)
from tests.browser.screens.opening import HEADERS, Screen, open_path

CONTRIBUTOR = f"/admin/contributors/{'0' * 32}"  # has no photos


def log_in(page: Page, password: str) -> None:
    """Log in as the admin, who may open every page."""
    page.request.post("/login", headers=HEADERS, form={"password": password})


def delete(page: Page, photo: str) -> None:
    """Delete the photo with this path."""
    page.request.post(f"{photo}/delete", headers=HEADERS)


def screens(photos: list[str]) -> list[Screen]:
    """Return every screen: its name and a function that opens it.

    `photos` are paths of photos that may be changed and have the tag "sea". The first one was taken
    in August 2026, and the last one must be deleted already.
    """
    photo = photos[0]
    paths = _paths(photo, photos[-1])
    return [
        *((path, partial(open_path, path=path)) for path in paths),
        ("the menu", _open_menu),
        ("the years", _open_years),
        ("suggestions for a search", _type_search),
        *album_screens.screens(photo),
        *guest_screens.screens(),
        *photo_screens.screens(photo),
        *token_screens.screens(),
        *upload_screens.screens(),
    ]


def _open_menu(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Site").locator("summary").click()


def _open_years(page: Page) -> None:
    page.goto("/")
    page.locator(".archive-nav summary").click()


def _type_search(page: Page) -> None:
    page.goto("/search")
    page.locator("main [type=search]").press_sequentially("s")
    page.locator("[data-tags-url] a").first.wait_for()


def _paths(photo: str, deleted: str) -> tuple[str, ...]:
    photo_id = photo.rpartition("/")[2]
    return (
        "/",
        f"/?before={photo_id}",
        "/?before=00000000000000000000000000",
        "/?size=large",
        "/?order=taken",
        "/?order=added",
        photo,
        f"{photo}?in=tag:sea",
        f"{photo}/edit",
        f"{photo}/delete",
        deleted,
        f"{deleted}/purge",
        "/upload",
        "/upload?tags=sea",
        "/uploads",
        "/uploads?select=all",
        "/uploads/deleted",
        "/photos/select?in=taken",
        "/photos/select?in=tag:sea&select=all",
        "/photos/select?in=trash&select=all",
        "/admin",
        "/admin/pending",
        "/admin/hidden",
        "/admin/deleted",
        "/admin/status",
        CONTRIBUTOR,
        f"{CONTRIBUTOR}/purge",
        "/2026",
        "/2026/08",
        "/undated",
        "/slideshow",
        "/slideshow?paused=",
        "/tags",
        "/tags?start=",
        "/tags/sea",
        "/search",
        "/search?q=photo",
        "/search?q=nowhere",
        "/login",
        "/nothing",
    )
