"""Uploads that wait."""

from playwright.sync_api import Page, Route


def hold_uploads(page: Page) -> list[Route]:
    """Return the requests with a photo, which wait until `continue_` is called."""
    held: list[Route] = []
    page.route(
        "**/upload",
        lambda route: held.append(route) if route.request.method == "POST" else route.continue_(),
    )
    return held
