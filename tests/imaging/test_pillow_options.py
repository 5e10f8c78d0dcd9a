"""Pillow keeps memory between JPEGs, and only then."""

import multiprocessing
import resource
from io import BytesIO
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image

from app.imaging import decode, pillow_options
from tests.imaging.sample_files import encode_image, noise, process_bytes, quarters


def _blocks_kept() -> int:
    """The blocks of memory that Pillow keeps for the next image."""
    return int(Image.core.get_stats()["blocks_cached"])  # type: ignore[attr-defined]


def test_memory_is_kept_from_one_jpeg_to_the_next() -> None:
    pillow_options.release_memory_blocks()
    process_bytes(encode_image(noise(640, 480), "JPEG"))
    assert _blocks_kept()


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF", "AVIF", "HEIF", "TIFF"])
def test_other_formats_return_the_memory(kind: str) -> None:
    """A process keeps no memory for the next JPEG while it decodes a format that needs as much."""
    process_bytes(encode_image(noise(640, 480), "JPEG"))
    process_bytes(encode_image(quarters(), kind))
    assert not _blocks_kept()


def test_a_large_jpeg_returns_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    process_bytes(encode_image(noise(640, 480), "JPEG"))
    monkeypatch.setattr(decode, "_MAX_KEPT_PIXELS", 100 * 100)
    process_bytes(encode_image(noise(640, 480), "JPEG"))
    assert not _blocks_kept()


def test_freed_memory_returns_to_the_system() -> None:
    """A process that freed its large images does not keep their memory."""
    process = multiprocessing.get_context("spawn").Process(target=_check_freed_memory)
    process.start()
    process.join()
    assert process.exitcode == 0


def _check_freed_memory() -> None:
    pillow_options.return_freed_memory()
    before = _resident_bytes()
    for _ in range(2):
        images = [Image.new("RGB", (1500, 1500), "red") for _ in range(10)]
        del images[:-1]
    assert _resident_bytes() < before + 20_000_000


def _resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def test_heif_is_decoded_by_few_threads() -> None:
    """Each thread of libheif keeps memory that the process does not get back."""
    process_bytes(encode_image(quarters(), "HEIF"))
    assert pillow_heif.options.DECODE_THREADS == 2


def test_an_image_above_pillows_own_limit_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    pillow_options.allow_any_size()
    assert Image.open(BytesIO(encode_image(quarters(), "PNG"))).size == (96, 64)
