"""Run axe-core on the open page."""

from collections.abc import Sequence

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.screens.opening import Screen

OPTIONS = {"resultTypes": ["violations"]}


def violations_by_screen(page: Page, screens: Sequence[Screen]) -> dict[str, list[str]]:
    """Open each screen. Return the violations on it by its name."""
    found = {}
    for name, open_screen in screens:
        open_screen(page)
        found[name] = violations(page)
    return found


def violations(page: Page) -> list[str]:
    """Return each violated rule and its element."""
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [f"{rule['id']}: {node['target'][0]}" for rule in found for node in rule["nodes"]]
