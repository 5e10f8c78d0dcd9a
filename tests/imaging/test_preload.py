"""A worker process, which opens no files, processes every format as the pipeline does."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from app.domain.errors import UnreadableImage
from app.domain.image.credit import Credit
from app.imaging.credit_writing import write_credit
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

_PRINT_IMPORTS = """
import sys
import app.imaging.workers.fork_server
print(*sys.modules)
"""

IMAGE = quarters(400, 300)
EXIF = build_private_exif(6)
LAB_PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()

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


# Files that take every way through the decoders.
SAMPLES: dict[str, Callable[[], bytes]] = {
    "JPEG": lambda: encode_image(IMAGE, "JPEG", exif=EXIF, xmp=XMP),
    "progressive": lambda: encode_image(noise(900, 700), "JPEG", progressive=True),
    "CMYK": lambda: encode_image(IMAGE.convert("CMYK"), "JPEG"),
    "no end": lambda: encode_image(noise(200, 150), "JPEG")[:-2],
    "PNG": lambda: encode_image(IMAGE.convert("RGBA"), "PNG", exif=EXIF),
    "palette": lambda: encode_image(IMAGE.quantize(16), "PNG", transparency=0),
    "16 bits": lambda: encode_image(Image.new("I;16", (50, 40), 30_000), "PNG"),
    "WebP": lambda: encode_image(IMAGE, "WEBP", exif=EXIF, xmp=XMP),
    "GIF": lambda: encode_image(IMAGE, "GIF", save_all=True, append_images=[noise(400, 300)]),
    "AVIF": lambda: encode_image(IMAGE.convert("RGBA"), "AVIF", exif=EXIF),
    "HEIC": lambda: encode_image(noise(600, 400), "HEIF", exif=EXIF),
    "HEIC with alpha": lambda: encode_image(IMAGE.convert("RGBA"), "HEIF"),
    "TIFF": lambda: encode_image(IMAGE, "TIFF", compression="tiff_lzw"),
    "LAB": lambda: encode_image(Image.new("LAB", (50, 40)), "TIFF", icc_profile=LAB_PROFILE),
}


@pytest.fixture(scope="module")
def pool() -> Iterator[ImageWorkerPool]:
    pool = ImageWorkerPool(LIMITS, 1)
    yield pool
    pool.close()


@pytest.mark.parametrize("name", SAMPLES)
def test_a_worker_gives_the_result_of_the_pipeline(pool: ImageWorkerPool, name: str) -> None:
    """The sandbox takes nothing away that a decoder needs: modules, codecs, threads, memory."""
    data = SAMPLES[name]()
    assert processed(pool, data) == process_image(BytesIO(data), LIMITS)


def test_a_worker_writes_the_credit_that_the_server_would(pool: ImageWorkerPool) -> None:
    credit = Credit(creator="Anna", copyright_notice="© 2026 Anna")
    for data in (SAMPLES["JPEG"](), SAMPLES["TIFF"]()):
        expected = write_credit(BytesIO(data), LIMITS, credit)
        with closing(pool.write_credit(BytesIO(data), credit=credit)) as written:
            assert not isinstance(written.body, bytes)
            assert written.body.read() == expected.body
            assert written.states_credit


def test_a_worker_refuses_what_the_pipeline_refuses(pool: ImageWorkerPool) -> None:
    data = SAMPLES["progressive"]()
    with pytest.raises(UnreadableImage) as expected:
        process_image(BytesIO(data[: len(data) // 2]), LIMITS)
    with pytest.raises(UnreadableImage) as refused:
        processed(pool, data[: len(data) // 2])
    assert refused.value.message == expected.value.message


def test_the_fork_server_imports_only_what_processing_needs() -> None:
    """The libraries of the web app would double its memory and the time until it is ready."""
    program = subprocess.run(
        [sys.executable, "-c", _PRINT_IMPORTS],
        cwd=Path(__file__).parents[2],
        check=True,
        capture_output=True,
        text=True,
    )
    imported = program.stdout.split()
    assert "PIL.Image" in imported
    assert not {"flask", "jinja2", "boto3", "sqlite3", "app.config"}.intersection(imported)


def test_processing_imports_nothing_more(tmp_path: Path) -> None:
    """A module that is imported later would be missing in the worker."""
    paths = []
    for number, encode in enumerate(SAMPLES.values()):
        path = tmp_path / str(number)
        path.write_bytes(encode())
        paths.append(str(path))
    program = subprocess.run(
        [sys.executable, "-c", _RECORD_IMPORTS, *paths],
        cwd=Path(__file__).parents[2],
        check=True,
        capture_output=True,
    )
    assert json.loads(program.stdout) == []
