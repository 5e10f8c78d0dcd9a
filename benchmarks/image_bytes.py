"""Measure the images that Chromium loads for sixty photos of the gallery and for a photo's page."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Browser, Page, Request, sync_playwright

from benchmarks.audit.sample_site import PHOTOS, generated_files, sample_site
from benchmarks.sample_photos import SUFFIXES

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
KILOBYTE = 1000

SCROLL_TO_END = """count => {
  scrollTo(0, document.documentElement.scrollHeight);
  return document.querySelectorAll('main picture img').length === count;
}"""
LOAD_ALL = "[...document.images].forEach(image => { image.loading = 'eager'; })"
ALL_LOADED = "() => [...document.images].every(image => image.complete)"
# `naturalWidth` of an image with `sizes` depends on them, that of another image does not.
SHOWN_IMAGES = """Promise.all([...document.querySelectorAll('picture img')].map(async (image) => {
  const file = new Image();
  file.src = image.currentSrc;
  await file.decode();
  const frame = (image.closest('li') ?? image).getBoundingClientRect();
  const ratio = file.naturalWidth / file.naturalHeight;
  const width = Math.min(frame.width, frame.height * ratio);
  return [file.src, file.naturalWidth, file.naturalHeight, width * devicePixelRatio];
}))"""


class Window(NamedTuple):
    """The size of a window in CSS pixels, and its device pixels for each of them."""

    width: int
    height: int
    density: float

    def __str__(self) -> str:
        return f"{self.width}@{self.density:g}"


GALLERY_WINDOWS = (Window(1280, 800, 1), Window(1512, 945, 2), Window(393, 852, 2.75))
PHOTO_WINDOW = Window(390, 844, 3)


class ShownImage(NamedTuple):
    """An image file and the width at which it is shown, in device pixels."""

    url: str
    width: int
    height: int
    shown_width: float

    @property
    def sharpness(self) -> float:
        """The width of the file, relative to the width at which it is shown."""
        return self.width / self.shown_width

    @property
    def pixels(self) -> int:
        """The pixels of the file."""
        return self.width * self.height

    @property
    def shown_pixels(self) -> float:
        """The pixels of the file that the screen has pixels for."""
        return self.pixels / max(1, self.sharpness) ** 2


@dataclass(frozen=True, slots=True)
class LoadedPage:
    """The images of a page, and the compressed bytes of all its files by URL."""

    images: list[ShownImage]
    bytes_of: dict[str, int]
    first_urls: set[str]  # of the files that were loaded before the page was scrolled

    @property
    def other_bytes(self) -> int:
        """The bytes of all files but the images that are shown."""
        return sum(self.bytes_of.values()) - self._image_bytes

    def __str__(self) -> str:
        pixels = sum(image.pixels for image in self.images)
        shown_pixels = sum(image.shown_pixels for image in self.images)
        sharpness = min(image.sharpness for image in self.images)
        bits = 8 * self._image_bytes / sum(image.pixels for image in self._files.values())
        return (
            f"{self._image_bytes / KILOBYTE:5.0f} kB, {shown_pixels / pixels:.0%} of the pixels"
            f" shown, least width {sharpness:.2f} of that shown, {shown_pixels / 1e6:.1f}"
            f" megapixels shown, {bits:.2f} bits a pixel; {self._first_load}"
        )

    @property
    def _first_load(self) -> str:
        first = self._files.keys() & self.first_urls
        kilobytes = sum(self.bytes_of[url] for url in first) / KILOBYTE
        return f"{len(first)} images, {kilobytes:.0f} kB before scrolling"

    @property
    def _image_bytes(self) -> int:
        return sum(self.bytes_of[url] for url in self._files)

    @property
    def _files(self) -> dict[str, ShownImage]:
        return {image.url: image for image in self.images}


def main() -> None:
    """Print the kilobytes of images and the share of their pixels that are shown."""
    folder = os.environ.get("SHOEBOX_PHOTOS")
    files = _real_files(Path(folder)) if folder else generated_files()
    print(f"Images that Chromium loads, {PHOTOS} photos ({folder or 'generated'})", flush=True)
    with sample_site(files) as (site, ids), sync_playwright() as playwright:
        chromium = shutil.which("chromium-headless-shell") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        for window in GALLERY_WINDOWS:
            print(f"  gallery at {window!s:9} {_load(browser, site.url, window, PHOTOS)}")
        photo_url = f"{site.url}/photos/{ids[PHOTOS // 2]}"
        page = _load(browser, photo_url, PHOTO_WINDOW, 1)
        print(f"  photo at {PHOTO_WINDOW!s:11} {page}")
        print(f"  everything else on the photo's page: {page.other_bytes / KILOBYTE:.0f} kB")
        browser.close()


def _real_files(folder: Path) -> Iterator[bytes]:
    """Yield the complete JPEGs of a folder, again and again until the gallery is full."""
    paths = [path for path in sorted(folder.iterdir()) if path.suffix.lower() in SUFFIXES]
    files = [path.read_bytes() for path in paths if _is_complete(path)]
    yield from islice(cycle(files), PHOTOS)


def _is_complete(path: Path) -> bool:
    try:
        with Image.open(path) as image:
            image.load()
    except OSError:
        return False
    return True


def _load(browser: Browser, url: str, window: Window, images: int) -> LoadedPage:
    """Open a page with an empty cache and load all of its images."""
    page = _new_page(browser, window)
    requests: list[Request] = []

    def remember(
        request: Request,
    ) -> None:  # Playwright sets an attribute, which methods cannot have
        requests.append(request)

    page.on("requestfinished", remember)
    page.goto(url, wait_until="networkidle")
    first_urls = {request.url for request in requests}
    _load_images(page, images)
    bytes_of = {request.url: request.sizes()["responseBodySize"] for request in requests}
    shown_images = [ShownImage(*image) for image in page.evaluate(SHOWN_IMAGES)]
    page.context.close()
    return LoadedPage(shown_images, bytes_of, first_urls)


def _new_page(browser: Browser, window: Window) -> Page:
    """Return an empty page in a window with an empty cache."""
    context = browser.new_context(
        viewport={"width": window.width, "height": window.height},
        device_scale_factor=window.density,
    )
    return context.new_page()


def _load_images(page: Page, images: int) -> None:
    """Scroll until the page has so many images, and load those that are out of view."""
    page.wait_for_function(SCROLL_TO_END, arg=images)
    page.evaluate(LOAD_ALL)
    page.wait_for_function(ALL_LOADED)
    page.wait_for_load_state("networkidle")
