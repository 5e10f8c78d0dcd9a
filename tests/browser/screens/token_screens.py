"""The states of the page of access tokens."""

from playwright.sync_api import Page

from tests.browser.screens.opening import HEADERS, Screen

PAGE = "/admin/tokens"


def screens() -> list[Screen]:
    """Return the states of the page, which the first one fills."""
    return [
        ("the tokens", _open_tokens),
        ("a new token", _create_token),
        ("a token with errors", _submit_empty),
        ("a token to revoke", _confirm),
    ]


def _open_tokens(page: Page) -> None:
    form = {"name": "Wall", "role": "contributor", "last_day": "2040-02-29"}
    page.request.post(PAGE, headers=HEADERS, form=form)
    page.goto(PAGE)


def _create_token(page: Page) -> None:
    page.goto(PAGE)
    name = f"Wall {page.locator('.admin-list li').count()}"
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Create a token").click()


def _submit_empty(page: Page) -> None:
    page.goto(PAGE)
    page.get_by_text("Add photos to one album").click()
    page.get_by_role("button", name="Create a token").click()


def _confirm(page: Page) -> None:
    _open_tokens(page)
    page.get_by_role("link", name="Revoke").first.click()
