"""`make screenshots`: take the README's screenshots and write them to docs/."""

import shutil
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import ExifTags, Image
from playwright.sync_api import Browser, sync_playwright

from app import create_app
from app.config import Config
from tests.server.site import ROOT, RunningSite
from tests.visitor import Visitor
from tools.screenshots.landscape import Scene, paint

DOCS = ROOT / "docs"
WIDE, TALL, LONG, SQUARE = (1800, 1200), (1200, 1600), (2400, 1000), (1400, 1400)
SCENES = (
    Scene("Terraces", WIDE, (120, 168, 190), (238, 236, 214), (52, 84, 48), tags="hills, morning"),
    Scene(
        "Last ferry",
        WIDE,
        (46, 58, 110),
        (240, 150, 110),
        (24, 24, 48),
        (0.3, 0.4),
        water=True,
        tags="sea, evening",
    ),
    Scene(
        "Dry season",
        SQUARE,
        (130, 180, 210),
        (245, 225, 180),
        (150, 92, 50),
        (0.7, 0.2),
        ridges=4,
        tags="desert",
    ),
    Scene(
        "Fog in the valley",
        LONG,
        (172, 186, 196),
        (236, 234, 228),
        (60, 78, 84),
        ridges=7,
        tags="hills, fog",
    ),
    Scene("Camp", TALL, (8, 12, 34), (58, 76, 120), (6, 10, 20), stars=True, tags="night, stars"),
    Scene("Before the rain", WIDE, (70, 86, 104), (186, 192, 196), (38, 50, 52), tags="hills"),
    Scene(
        "Harbor, half past six",
        LONG,
        (96, 120, 176),
        (252, 196, 168),
        (42, 44, 72),
        (0.62, 0.44),
        water=True,
        tags="sea, morning",
    ),
    Scene("Pines", TALL, (150, 190, 215), (235, 240, 235), (30, 66, 52), tags="hills, forest"),
    Scene(
        "Blue hour",
        WIDE,
        (20, 30, 78),
        (130, 130, 180),
        (12, 16, 40),
        water=True,
        stars=True,
        tags="night, sea",
    ),
    Scene(
        "Dunes at noon",
        WIDE,
        (92, 150, 200),
        (250, 225, 190),
        (178, 104, 58),
        (0.2, 0.24),
        ridges=4,
        tags="desert",
    ),
    Scene(
        "Ridge walk",
        SQUARE,
        (190, 150, 160),
        (250, 222, 200),
        (86, 50, 74),
        (0.5, 0.36),
        tags="hills, evening",
    ),
    Scene(
        "First light",
        WIDE,
        (88, 120, 170),
        (250, 205, 170),
        (38, 48, 66),
        (0.6, 0.4),
        water=True,
        tags="sea, morning",
    ),
)


def main() -> None:
    """Upload landscapes to a site and take its screenshots."""
    with tempfile.TemporaryDirectory() as folder:
        photo = _fill(Path(folder))
        with RunningSite(Path(folder)) as site, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            _take_screenshot(browser, site.url, "gallery", (1280, 860), "light")
            _take_screenshot(browser, f"{site.url}{photo}", "photo", (390, 844), "dark")
            browser.close()


def _fill(folder: Path) -> str:
    """Upload every scene. Return the path of the last photo's page."""
    visitor = Visitor(create_app(Config(photo_dir=folder)))
    location = ""
    for seed, scene in enumerate(SCENES, start=3):
        file = BytesIO()
        paint(scene, seed).save(file, "JPEG", quality=90, exif=_exif())
        location = visitor.upload(file.getvalue(), title=scene.title, tags=scene.tags).location
    return location


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Brush"
    exif[ExifTags.Base.Model] = "Brush 5"
    details = exif.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.ExposureTime] = 1 / 250
    details[ExifTags.Base.FNumber] = 5.6
    details[ExifTags.Base.ISOSpeedRatings] = 100
    details[ExifTags.Base.FocalLength] = 35.0
    details[ExifTags.Base.DateTimeOriginal] = "2026:08:15 06:30:05"
    return exif


def _take_screenshot(
    browser: Browser, url: str, name: str, size: tuple[int, int], scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        device_scale_factor=1 if size[0] > 1000 else 2,
    )
    page = context.new_page()
    page.goto(url, wait_until="networkidle")
    page.screenshot(path=DOCS / f"{name}.jpg", type="jpeg", quality=85)
    context.close()


if __name__ == "__main__":
    main()
