"""Memory that is kept: photos that lie in it one after the other stay strangers to each other."""

import errno
import resource
import weakref
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from app.imaging import pixel_buffers, renditions
from app.imaging.pipeline import process_image
from tests.imaging.sample_files import LIMITS, noise, prepared, quarters, saved


def _decoded(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    pixel_buffers.attach_buffer(image)
    image.load()
    return image


def test_what_is_decoded_on_the_canvas_is_what_pillow_decodes() -> None:
    """Every pixel is the same as in memory of Pillow's own, whatever lay there before."""
    for width, height in ((640, 480), (1600, 1200), (333, 77), (1, 1)):
        data = saved(noise(width, height), "JPEG")
        assert ImageChops.difference(_decoded(data), Image.open(BytesIO(data))).getbbox() is None


def test_a_photo_shows_nothing_of_the_one_before() -> None:
    """A photo prepared after another, larger one is the same to the byte as one prepared first."""
    small = saved(quarters(900, 600), "JPEG")
    first = prepared(small)
    prepared(saved(noise(2400, 1800), "JPEG"))
    assert prepared(small) == first


def test_a_photo_without_its_end_shows_nothing_of_the_one_before() -> None:
    """Nothing of an earlier photo shines through where a damaged one has no pixels of its own."""
    damaged = saved(noise(800, 600), "JPEG")
    damaged = damaged[: len(damaged) // 2] + b"\xff\xd9"
    first = _decoded(damaged).tobytes()
    _decoded(saved(Image.new("RGB", (800, 600), "red"), "JPEG"))
    assert _decoded(damaged).tobytes() == first


@pytest.mark.parametrize("size", [(64, 64), (1280, 960)])
def test_an_image_that_is_still_looked_at_is_not_painted_over(size: tuple[int, int]) -> None:
    """While one image lies on the canvas the next, of its size or larger, is decoded elsewhere."""
    pixel_buffers.release_buffers()
    red = _decoded(saved(Image.new("RGB", (64, 64), "red"), "JPEG"))
    blue = _decoded(saved(Image.new("RGB", size, "blue"), "JPEG"))
    assert red.getcolors() == [(64 * 64, (254, 0, 0))]
    assert blue.getpixel((9, 9)) == (0, 0, 254)


def test_between_two_passes_an_image_lies_on_a_canvas_of_its_own() -> None:
    """A JPEG's first shrink keeps its memory for the next one's; two at a time share none."""
    prepared(saved(noise(2400, 1800), "JPEG"))
    kept = pixel_buffers._thread.between
    assert kept
    assert kept._memory
    assert len(kept._memory) >= 2048 * 1800 * 4
    one = pixel_buffers.intermediate_image(Image.new("RGB", (1, 1)), (64, 64))
    one.paste("red", (0, 0, 64, 64))
    pixel_buffers.intermediate_image(one, (64, 64)).paste("blue", (0, 0, 64, 64))
    assert one.getcolors() == [(64 * 64, (255, 0, 0))]
    prepared(saved(noise(2300, 1700), "JPEG"))
    assert pixel_buffers._thread.between is kept


@pytest.mark.parametrize("size", [(64, 64), (16_000, 2_000)])
def test_what_is_too_large_to_keep_is_not_kept(size: tuple[int, int]) -> None:
    """A panorama's memory goes back to the system."""
    pixel_buffers.release_buffers()
    _decoded(saved(quarters(), "JPEG"))
    assert pixel_buffers.intermediate_image(Image.new("RGB", (1, 1)), size).size == size
    assert pixel_buffers._thread.between
    assert bool(pixel_buffers._thread.between._memory) == (size == (64, 64))


def test_without_memory_for_a_canvas_an_image_finds_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """When the system has no canvas to give, Pillow is asked, which says so in its own way."""

    def full(*_arguments: object, **_options: object) -> None:
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    expected = prepared(saved(quarters(900, 600), "JPEG"))
    pixel_buffers.release_buffers()
    monkeypatch.setattr(pixel_buffers.mmap, "mmap", full)
    with BytesIO(saved(quarters(900, 600), "JPEG")) as file:
        assert process_image(file, LIMITS) == expected


def test_an_image_too_large_for_the_canvas_finds_memory_of_its_own() -> None:
    """What is decoded beyond fifty megapixels does not stay with the process."""
    _decoded(saved(quarters(), "JPEG"))
    image = Image.open(BytesIO(saved(Image.new("RGB", (8000, 7000)), "JPEG")))
    pixel_buffers.attach_buffer(image)
    assert image._im is None
    assert pixel_buffers._thread.decoded is None


def test_other_kinds_of_files_have_the_canvas_memory_too() -> None:
    """No process holds memory for the next JPEG while it decodes something that needs as much."""
    prepared(saved(noise(2400, 1800), "JPEG"))
    held = _memory()
    prepared(saved(quarters(), "PNG"))
    assert _memory() < held - 2400 * 1800 * 4 / 2


def _memory() -> int:
    """Bytes that this process has mapped."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def test_the_renditions_memory_comes_back_from_the_smallest_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Pillow reuses first what was freed last, so the next photo, largest first, finds blocks of its sizes."""
    freed: list[int] = []
    shrunk = renditions.resize_to

    def watched(image: Image.Image, size: tuple[int, int]) -> Image.Image:
        small = shrunk(image, size)
        weakref.finalize(small, freed.append, small.width)
        return small

    monkeypatch.setattr(renditions, "resize_to", watched)
    prepared(saved(noise(2400, 1800), "JPEG"))
    assert sorted(set(freed)) == [320, 640, 1280, 2048]
    assert freed == sorted(freed)
