"""Measure everything, print it, and fail where a bar is missed."""

import shutil
import sys

from playwright.sync_api import sync_playwright

from benchmarks.audit import lighthouse
from benchmarks.audit.bars import show
from benchmarks.audit.filled import PHOTOS, filled_site
from benchmarks.audit.loading import loading
from benchmarks.audit.usable import usable
from benchmarks.audit.weights import weights

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]


def main() -> int:
    """Zero where every bar is met."""
    if not lighthouse.install():
        return 1
    print(f"Filling a site with {PHOTOS} photos of 12 MP …", flush=True)
    with filled_site() as (site, ids), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=ARGUMENTS
        )
        photos = [f"/photos/{photo_id}" for photo_id in ids]
        pages = {
            "gallery": f"{site.url}/",
            "photo": site.url + photos[1],
            "upload": f"{site.url}/upload",
        }
        met = [
            show("Weight, compressed", weights(site.url)),
            show("Loading", loading(browser, site.url)),
        ]
        scores = (bar for name, url in pages.items() for bar in lighthouse.scores(name, url))
        met += [show("Lighthouse, mobile", scores)]
        met += [show("For everyone", usable(browser, site.url, photos))]
        browser.close()
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
