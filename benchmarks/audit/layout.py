"""Check the rows of the gallery, the pixels of a large photo and the length of the upload page."""

from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser, Page

from benchmarks.audit.checks import Check
from tests.sample_images import jpeg

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 3}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
LARGE_SCREEN: dict[str, Any] = {
    "viewport": {"width": 1728, "height": 1000},
    "device_scale_factor": 2,
}

# The lengths of the gallery's first page, in CSS pixels.
ROWS = """() => {
  const boxes = [...document.querySelectorAll(".gallery > li")].map((it) =>
    it.getBoundingClientRect());
  const heights = boxes.map(({ height }) => height);
  const scroll = (boxes.at(-1).bottom - boxes[0].top) / boxes.length;
  return { scroll, variation: Math.max(...heights) / Math.min(...heights) };
}"""
# The width of the loaded file ÷ the pixels of the screen that show the photo.
PIXEL_SHARE = """() => {
  const image = [...document.querySelectorAll(".photo-viewer img")].at(-1);
  const { width, height } = image.getBoundingClientRect();
  const ratio = image.getAttribute("width") / image.getAttribute("height");
  const file = new Image();
  file.src = image.currentSrc;
  const shown = Math.min(width, height * ratio) * devicePixelRatio;
  return file.decode().then(() => file.naturalWidth / shown);
}"""
SCREENS = "document.documentElement.scrollHeight / innerHeight"
CHOSEN_FILES = 120


def checks(browser: Browser, url: str, photo: str) -> Iterator[Check]:
    """Yield the checks. `photo` is the path of a photo of 3:2 with 12 megapixels."""
    for name, options in {"phone": PHONE, "desktop": DESKTOP}.items():
        rows = _measure(browser, options, url, ROWS)
        yield Check(f"{name}: highest ÷ lowest row", rows["variation"], most=1.6)
        if name == "phone":
            yield Check("phone: scrolling for each photo", rows["scroll"], most=80, unit="px")
    for name, path in {"photo's page": photo, "full screen": f"{photo}#full"}.items():
        share = _measure(browser, LARGE_SCREEN, url + path, PIXEL_SHARE)
        yield Check(f"{name}: loaded ÷ shown pixels, 1728 × 1000 @2", share, least=1.0)
    yield Check(f"phone: screens with {CHOSEN_FILES} files", _upload_screens(browser, url), most=8)


def _measure(browser: Browser, options: dict[str, Any], url: str, script: str) -> Any:
    context = browser.new_context(**options)
    page = context.new_page()
    page.goto(url, wait_until="networkidle")
    measured = page.evaluate(script)
    context.close()
    return measured


def _upload_screens(browser: Browser, url: str) -> float:
    context = browser.new_context(**PHONE)
    page = context.new_page()
    page.goto(f"{url}/upload")
    _choose_files(page)
    screens: float = page.evaluate(SCREENS)
    context.close()
    return screens


def _choose_files(page: Page) -> None:
    photo = jpeg(60, 40)
    files = [
        {"name": f"{number}.jpg", "mimeType": "image/jpeg", "buffer": photo}
        for number in range(CHOSEN_FILES)
    ]
    page.locator("input[name=photo]").set_input_files(files)  # type: ignore[arg-type]
    page.locator(".upload-tiles li").nth(CHOSEN_FILES - 1).wait_for()
