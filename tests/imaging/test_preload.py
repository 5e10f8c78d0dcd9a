"""A worker process, which opens no files, processes every format as the pipeline does."""

import json
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from app.domain.errors import UnreadableImage
from app.imaging.pipeline import process_image
from app.imaging.workers.pool import ImageWorkerPool
from tests.imaging.sample_files import (
    LIMITS,
    XMP,
    build_private_exif,
    encode_image,
    noise,
    quarters,
)
from tests.imaging.workers.processing import processed

_RECORD_IMPORTS = """
import json, sys
from pathlib import Path
from app.imaging import pipeline, preload
preload.preload()
before = set(sys.modules)
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        pipeline.process_image(file, pipeline.ImageLimits(max_pixels=10**8))
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def samples() -> dict[str, bytes]:
    """Return files that take every way through the decoders."""
    image = quarters(400, 300)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    exif = build_private_exif(6)
    deep = Image.new("I;16", (50, 40), 30_000)
    return {
        "JPEG": encode_image(image, "JPEG", exif=exif, xmp=XMP),
        "progressive": encode_image(noise(900, 700), "JPEG", progressive=True),
        "CMYK": encode_image(image.convert("CMYK"), "JPEG"),
        "no end": encode_image(noise(200, 150), "JPEG")[:-2],
        "PNG": encode_image(image.convert("RGBA"), "PNG", exif=exif),
        "palette": encode_image(image.quantize(16), "PNG", transparency=0),
        "16 bits": encode_image(deep, "PNG"),
        "WebP": encode_image(image, "WEBP", exif=exif, xmp=XMP),
        "GIF": encode_image(image, "GIF", save_all=True, append_images=[noise(400, 300)]),
        "AVIF": encode_image(image.convert("RGBA"), "AVIF", exif=exif),
        "HEIC": encode_image(noise(600, 400), "HEIF", exif=exif),
        "HEIC with alpha": encode_image(image.convert("RGBA"), "HEIF"),
        "TIFF": encode_image(image, "TIFF", compression="tiff_lzw"),
        "LAB": encode_image(Image.new("LAB", (50, 40)), "TIFF", icc_profile=profile),
    }


@pytest.fixture(scope="module")
def pool() -> Iterator[ImageWorkerPool]:
    pool = ImageWorkerPool(LIMITS, 1)
    yield pool
    pool.close()


@pytest.mark.parametrize("name", samples())
def test_a_worker_gives_the_result_of_the_pipeline(pool: ImageWorkerPool, name: str) -> None:
    """The sandbox takes nothing away that a decoder needs: modules, codecs, threads, memory."""
    data = samples()[name]
    assert processed(pool, data) == process_image(BytesIO(data), LIMITS)


def test_a_worker_refuses_what_the_pipeline_refuses(pool: ImageWorkerPool) -> None:
    data = samples()["progressive"]
    with pytest.raises(UnreadableImage) as expected:
        process_image(BytesIO(data[: len(data) // 2]), LIMITS)
    with pytest.raises(UnreadableImage) as refused:
        processed(pool, data[: len(data) // 2])
    assert refused.value.message == expected.value.message


def test_processing_imports_nothing_more(tmp_path: Path) -> None:
    """A module that is imported later would be missing in the worker."""
    paths = []
    for number, data in enumerate(samples().values()):
        path = tmp_path / str(number)
        path.write_bytes(data)
        paths.append(str(path))
    program = subprocess.run(
        [sys.executable, "-c", _RECORD_IMPORTS, *paths],
        cwd=Path(__file__).parents[2],
        check=True,
        capture_output=True,
    )
    assert json.loads(program.stdout) == []
