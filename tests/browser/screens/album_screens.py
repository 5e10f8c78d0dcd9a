"""The pages of albums."""

from functools import partial

from playwright.sync_api import Page

from tests.browser.screens.opening import HEADERS, Screen

LONG_TITLE = "Three weeks at the lake with everyone, and the birthday party in the garden"


def screens(photo: str) -> list[Screen]:
    """Return the pages of an album, the lists that have it, and those that put `photo` into it."""
    paths = ("", "/edit", "/link", "/delete", "/card", "/review", "/wall", "/wall?paused=")
    return [
        *((f"an album: {path}", partial(_open_album, path=path)) for path in paths),
        ("an album with its link to share", _open_share),
        ("an album whose link has ended", _end_link),
        ("a link with a wrong end", _submit_wrong_end),
        ("the albums", partial(_open_list, path="/albums")),
        ("own albums", partial(_open_list, path="/albums/mine")),
        ("a new album with an error", _submit_without_title),
        ("the albums of a photo", partial(open_choice, photo=photo)),
        ("an album to arrange", partial(open_arrangement, photo=photo)),
    ]


def _open_album(page: Page, path: str = "") -> None:
    form = {"title": "Lake", "description": "Two weeks", "visibility": "unlisted"}
    answer = page.request.post("/albums/new", headers=HEADERS, form=form)
    page.goto(answer.url + path)


def _open_share(page: Page) -> None:
    _open_album(page)
    page.locator("main .share-details summary").click()
    page.locator("main .menu summary").click()


def _end_link(page: Page) -> None:
    _open_album(page, "/link")
    page.get_by_role("button", name="End now").click()


def _submit_wrong_end(page: Page) -> None:
    _open_album(page, "/link")
    page.get_by_label("Last day").fill("2001-01-01")
    page.get_by_role("button", name="Save").click()


def _open_list(page: Page, path: str) -> None:
    form = {"title": "Lake"}
    page.request.post("/albums/new", headers=HEADERS, form=form)
    page.goto(path)


def open_choice(page: Page, photo: str) -> None:
    """Open the page with the albums of a photo, which is in one at least."""
    page.goto(f"{photo}/albums")
    if page.locator("main .choices a").count() == 0:
        form = {"photo": photo.rpartition("/")[2], "title": LONG_TITLE}
        page.request.post("/uploads/albums/add", headers=HEADERS, form=form)
        page.goto(f"{photo}/albums")


def open_arrangement(page: Page, photo: str) -> None:
    """Open the page that orders the photos of an album."""
    open_choice(page, photo)
    page.locator("main .choices a").first.click()
    page.goto(f"{page.url}/arrange")


def _submit_without_title(page: Page) -> None:
    page.goto("/albums/new")
    page.get_by_role("button", name="Create album").click()
