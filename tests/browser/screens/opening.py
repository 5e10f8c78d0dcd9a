"""A screen, and the parts that open several of them."""

from collections.abc import Callable

from playwright.sync_api import Page

Screen = tuple[str, Callable[[Page], None]]

HEADERS = {"X-Requested-With": "test"}  # replaces the form's CSRF token


def open_path(page: Page, path: str) -> None:
    """Open the page with this path."""
    page.goto(path)
