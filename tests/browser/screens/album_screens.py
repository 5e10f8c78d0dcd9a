"""The pages of albums."""

from functools import partial

from playwright.sync_api import Page

from tests.browser.screens.opening import HEADERS, Screen


def screens() -> list[Screen]:
    """Return the pages of an album, and the lists that have it."""
    paths = ("", "/edit", "/delete", "/card")
    return [
        *((f"an album: {path}", partial(_open_album, path=path)) for path in paths),
        ("an album with its link to share", _open_share),
        ("the albums", partial(_open_list, path="/albums")),
        ("own albums", partial(_open_list, path="/albums/mine")),
        ("a new album with an error", _submit_without_title),
    ]


def _open_album(page: Page, path: str = "") -> None:
    form = {"title": "Lake", "description": "Two weeks", "visibility": "unlisted"}
    answer = page.request.post("/albums/new", headers=HEADERS, form=form)
    page.goto(answer.url + path)


def _open_share(page: Page) -> None:
    _open_album(page)
    page.locator("main .share-details summary").click()
    page.locator("main .menu summary").click()


def _open_list(page: Page, path: str) -> None:
    form = {"title": "Lake"}
    page.request.post("/albums/new", headers=HEADERS, form=form)
    page.goto(path)


def _submit_without_title(page: Page) -> None:
    page.goto("/albums/new")
    page.get_by_role("button", name="Create album").click()
