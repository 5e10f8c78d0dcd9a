"""Compare static/js/sha256.js with crypto.subtle, in Chromium and Firefox."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import ARGUMENTS
from tests.browser.live_site import live_site
from tests.firefox.bidi import start_firefox

# Returns the median times of a file of 8 MB, in milliseconds, with the time to read it.
MEASURE = """(async () => {
  const sheet = document.querySelector("link[href*='/css/base.css']").href;
  const { sha256 } = await import(sheet.replace("css/base.css", "js/sha256.js"));
  const file = new File([new Uint8Array(8e6)], "photo.jpg");
  const candidates = [
    () => sha256(file),
    async () => crypto.subtle.digest("SHA-256", await file.arrayBuffer()),
  ];
  const times = candidates.map(() => []);
  for (let round = 0; round < 15; round += 1) {
    for (const [i, run] of candidates.entries()) {
      const started = performance.now();
      await run();
      times[i].push(performance.now() - started);
    }
  }
  return times.map((measured) => measured.sort((a, b) => a - b)[7]);
})()"""
KILOBYTES = 8000  # of the file; kilobytes per millisecond are megabytes per second


def main() -> None:
    """Print the speed in both browsers, and its ratio to that of crypto.subtle."""
    print("Hashing a file of 8 MB in a browser, with reading it")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with live_site(folder / "site") as url:
            _print("Chromium", _in_chromium, url)
            _print("Firefox", lambda url: _in_firefox(folder, url), url)


def _print(browser: str, measure: Callable[[str], list[float]], url: str) -> None:
    own, subtle = measure(url)
    print(f"  {browser:8} {KILOBYTES / own:4.0f} MB/s, {subtle / own:.2f} of crypto.subtle")


def _in_chromium(url: str) -> list[float]:
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium-headless-shell") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = browser.new_page()
        page.goto(url)
        times: list[float] = page.evaluate(MEASURE)
        browser.close()
    return times


def _in_firefox(folder: Path, url: str) -> list[float]:
    executable = shutil.which("firefox-esr") or shutil.which("firefox") or "firefox"
    profile = folder / "profile"
    profile.mkdir()
    with start_firefox(executable, profile) as firefox, firefox.new_tab(800, 600) as tab:
        tab.goto(url)
        times: list[float] = tab.evaluate(MEASURE)
    return times
