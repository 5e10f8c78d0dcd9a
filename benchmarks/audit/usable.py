"""axe-core over every screen, light and dark, on a phone and on a desk: nothing may be in anybody's way."""

from collections.abc import Iterator

from playwright.sync_api import Browser

from benchmarks.audit.bars import Bar
from benchmarks.audit.filled import PASSWORD
from tests.browser.axe import violations
from tests.browser.screens import log_in, screens

SIZES = {"phone": (390, 844), "desk": (1280, 800)}
SCHEMES = ("light", "dark")


def usable(browser: Browser, url: str, photos: list[str]) -> Iterator[Bar]:
    """What is violated, counted; each screen that violates something is named."""
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
            found = {screen: violations(page) for screen in screens(page, photos)}
            context.close()
            for screen, broken in found.items():
                print("".join(f"  {screen}: {one}\n" for one in broken), end="")
            what = f"axe-core, {len(found)} screens, {name}, {scheme}: violations"
            yield Bar(what, sum(map(len, found.values())), most=0)
            photos.pop()  # the screens left it deleted
