"""Run axe-core on the open page."""

from collections.abc import Sequence
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.screens.opening import Screen

OPTIONS = {"resultTypes": ["violations"]}
RUN = "async options => (await axe.run(options)).violations"  # the other results are large


def violations_by_screen(page: Page, screens: Sequence[Screen]) -> dict[str, list[str]]:
    """Open each screen. Return the violations on it by its name."""
    found = {}
    for name, open_screen in screens:
        open_screen(page)
        found[name] = violations(page)
    return found


def violations(page: Page) -> list[str]:
    """Return each violated rule and its element."""
    if not page.evaluate("'axe' in window"):  # it takes as long to load as a quarter of its rules
        page.evaluate(Axe().axe_script)
    found: list[dict[str, Any]] = page.evaluate(RUN, OPTIONS)
    return [f"{rule['id']}: {node['target'][0]}" for rule in found for node in rule["nodes"]]
