"""Run axe-core on every screen, light and dark, in the sizes of a phone and a desktop."""

from collections.abc import Iterator

from playwright.sync_api import Browser

from benchmarks.audit.checks import Check
from benchmarks.audit.sample_site import PASSWORD
from tests.browser.axe import violations_by_screen
from tests.browser.screens.all_screens import delete, log_in, screens

SIZES = {"phone": (390, 844), "desktop": (1280, 800)}
SCHEMES = ("light", "dark")


def checks(browser: Browser, url: str, photos: list[str]) -> Iterator[Check]:
    """Yield the number of violations, and print the screens that have some."""
    for name, (width, height) in SIZES.items():
        for scheme in SCHEMES:
            context = browser.new_context(
                base_url=url,
                viewport={"width": width, "height": height},
                color_scheme="dark" if scheme == "dark" else "light",
                reduced_motion="reduce",
            )
            page = context.new_page()
            log_in(page, PASSWORD)
            delete(page, photos[-1])
            found = violations_by_screen(page, screens(photos))
            context.close()
            for screen, violated in found.items():
                for violation in violated:
                    print(f"  {screen}: {violation}")
            title = f"axe-core, {len(found)} screens, {name}, {scheme}: violations"
            yield Check(title, sum(map(len, found.values())), most=0)
            photos.pop()  # it is deleted
