"""The site that is audited: sixty photos of 12 MP, as `make run` serves them."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import requests
from PIL import Image, ImageChops, ImageOps

from benchmarks.photographs import SIZES, made
from tests.server.site import RunningSite

PHOTOS = 60
SHAPES = (SIZES["12 MP"], SIZES["12 MP"], (4242, 2828), SIZES["12 MP"][::-1])
CONTRAST = (
    0.6  # then a rendition of 640 pixels has 1.7 bits a pixel: the median of real photographs
)
TAGS = ("sea", "hills", "evening", "바다", "street", "forest")
PASSWORD = "of the audit alone"  # noqa: S105  it guards nothing


@contextmanager
def filled_site() -> Iterator[tuple[RunningSite, list[str]]]:
    """The site, and the ids of its photos, newest first."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {"UPLOAD_RATE_LIMIT": "100000 per minute", "ADMIN_PASSWORD": PASSWORD}
        with RunningSite(Path(folder), **settings) as site:
            ids = [_upload(site.url, number, file) for number, file in enumerate(_files())]
            yield site, ids[::-1]


def _files() -> Iterator[bytes]:
    """Photographs that differ in shape, color and place, all from one that took long to make."""
    busy = made((4242, 4242))
    cloud = Image.blend(Image.new("RGB", busy.size, (128, 128, 128)), busy, CONTRAST)
    for number in range(PHOTOS):
        image = ImageOps.fit(ImageChops.offset(cloud, 61 * number), SHAPES[number % len(SHAPES)])
        bands = image.split()
        turned = Image.merge("RGB", [bands[(number + band) % 3] for band in range(3)])
        file = BytesIO()
        turned.save(file, "JPEG", quality=90)
        yield file.getvalue()


def _upload(url: str, number: int, file: bytes) -> str:
    answer = requests.post(
        f"{url}/upload",
        {
            "title": f"Photo {number}",
            "alt": f"Clouds, number {number}",
            "tags": TAGS[number % len(TAGS)],
        },
        files={"photo": (f"IMG_{number}.jpg", file, "image/jpeg")},
        headers={"Accept": "application/json", "X-Requested-With": "audit"},
        timeout=60,
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["photos"][0]["id"])
