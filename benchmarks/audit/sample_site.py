"""A site with sixty photos of 12 MP, as `make run` serves it."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import requests
from PIL import ExifTags, Image, ImageChops, ImageOps

from benchmarks.sample_photos import SIZES, generate
from tests.server.site import RunningSite

PHOTOS = 60
SHAPES = (SIZES["12 MP"], SIZES["12 MP"], (4242, 2828), SIZES["12 MP"][::-1])
CONTRAST = 0.6  # gives a rendition of 640 pixels 1.7 bits a pixel, the median of real photos
TAGS = ("sea", "hills", "evening", "바다", "street", "forest")
PASSWORD = "an audit password"  # noqa: S105 - it protects nothing


@contextmanager
def sample_site(files: Iterable[bytes]) -> Iterator[tuple[RunningSite, list[str]]]:
    """Start the site and upload photos; yield it and the ids of its photos, newest first."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {"UPLOAD_RATE_LIMIT": "100000 per minute", "ADMIN_PASSWORD": PASSWORD}
        with RunningSite(Path(folder), **settings) as site:
            ids = [_upload(site.url, number, file) for number, file in enumerate(files)]
            yield site, ids[::-1]


def generated_files() -> Iterator[bytes]:
    """Yield photos with different shapes and colors, from one image that takes long to generate."""
    detailed = generate((4242, 4242))
    gray = Image.new("RGB", detailed.size, (128, 128, 128))
    cloud = Image.blend(gray, detailed, CONTRAST)
    for number in range(PHOTOS):
        image = ImageOps.fit(ImageChops.offset(cloud, 61 * number), SHAPES[number % len(SHAPES)])
        bands = image.split()
        recolored = Image.merge("RGB", [bands[(number + band) % 3] for band in range(3)])
        file = BytesIO()
        recolored.save(file, "JPEG", quality=90, exif=_taken_on(number))
        yield file.getvalue()


def _taken_on(number: int) -> Image.Exif:
    """Return EXIF data with a date: two photos of each month."""
    exif = Image.Exif()
    month = number // 2
    date = f"{2026 - month // 12}:{12 - month % 12:02}:{1 + number % 2:02} 12:00:00"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = date
    return exif


def _upload(url: str, number: int, file: bytes) -> str:
    answer = requests.post(
        f"{url}/upload",
        {
            "title": f"Photo {number}",
            "alt": f"Clouds, number {number}",
            "tags": TAGS[number % len(TAGS)],
            "add_duplicates": "1",  # real photos are there several times
        },
        files={"photo": (f"IMG_{number}.jpg", file, "image/jpeg")},
        headers={"Accept": "application/json", "X-Requested-With": "audit"},
        timeout=60,
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["photos"][0]["photo_id"])
