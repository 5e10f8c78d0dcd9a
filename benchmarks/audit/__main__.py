"""Run and print all checks, and fail if a limit is missed."""

import shutil
import sys

from playwright.sync_api import sync_playwright

from benchmarks.audit import accessibility, layout, lighthouse, loading, page_weight
from benchmarks.audit.checks import print_checks
from benchmarks.audit.sample_site import PHOTOS, generated_files, sample_site

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]


def main() -> int:
    """Return 0 if all limits are met, else 1."""
    if not lighthouse.install():
        return 1
    print(f"Filling a site with {PHOTOS} photos of 12 MP …", flush=True)
    with sample_site(generated_files()) as (site, ids), sync_playwright() as playwright:
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
            print_checks("Weight, compressed", page_weight.checks(site.url)),
            print_checks("Loading", loading.checks(browser, site.url)),
            print_checks("Layout", layout.checks(browser, site.url, photos[1])),
            print_checks("Lighthouse, mobile", lighthouse.checks(pages)),
            print_checks("Accessibility", accessibility.checks(browser, site.url, photos)),
        ]
        browser.close()
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
