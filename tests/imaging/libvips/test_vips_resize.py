"""libvips gives the pixels that Pillow gives, also in a process that gave up its rights.

Covers app.imaging.vips_resize.
"""

import ctypes
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageStat

from app.domain.errors import ImageTooLarge
from app.imaging import resize, vips_resize
from app.imaging.fast_resize import Resize, Size, resize_with_pillow
from app.imaging.pipeline import process_image
from app.imaging.resize import FastResizer
from app.imaging.resize_trial import LIBVIPS
from app.imaging.vips_resize import vips_resizer
from app.imaging.workers.pool import ImageWorkerPool
from app.imaging.workers.settings import WorkerLimits
from tests.imaging.libvips.installed import skip_without_libvips
from tests.imaging.sample_files import LIMITS, encode_image
from tests.imaging.workers import little_memory
from tests.imaging.workers.processing import processed
from tests.sample_images import picture

_CHOSEN = FastResizer(LIBVIPS, ("CMYK", "L", "RGB"))


@pytest.fixture(autouse=True)
def _libvips() -> None:
    skip_without_libvips()


@pytest.fixture(autouse=True)
def _chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Choose libvips, as on ARM, before it has failed."""
    monkeypatch.setattr(resize._Trial, "chosen", _CHOSEN)
    monkeypatch.setattr(resize._Trial, "failure", None)


@pytest.fixture
def pool() -> Iterator[ImageWorkerPool]:
    """Image workers that resize with libvips."""
    pool = ImageWorkerPool(LIMITS, 1)
    with closing(pool):
        yield pool


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("size", [(641, 427), (512, 341), (320, 213), (160, 533), (801, 107)])
def test_libvips_does_what_pillow_does(mode: str, size: Size) -> None:
    image = picture(801, 533, seed=3).convert(mode)
    actual, expected = vips_resizer()(image, size), resize_with_pillow(image, size)
    assert (actual.mode, actual.size) == (mode, size)
    assert max(ImageStat.Stat(ImageChops.difference(actual, expected)).mean) < 0.5


@pytest.mark.parametrize(
    ("before", "after"),
    [((1, 20_000), (1, 16_384)), ((20_000, 1), (320, 1)), ((3, 3), (1, 1)), ((9_000, 2), (9, 1))],
)
def test_extreme_sizes_are_resized(before: Size, after: Size) -> None:
    small = vips_resizer()(Image.new("RGB", before, "white"), after)
    assert (small.size, small.getextrema()) == (after, ((255, 255),) * 3)


@pytest.mark.parametrize("level", [255, 254, 128, 77, 1])
def test_a_plain_image_keeps_its_color(level: int) -> None:
    """However much smaller it gets: rounded weights of many pixels do not add up to 1."""
    image = Image.new("L", (1200, 40), level)
    for width in (*range(301, 1200, 7), 300, 299, 150, 40, 6, 1):
        across = vips_resizer()(image, (width, 40))
        down = vips_resizer()(image.transpose(Image.Transpose.ROTATE_90), (40, width))
        levels = {*across.getextrema(), *down.getextrema()}
        assert {abs(each - level) for each in levels} <= {0, 1}


@pytest.mark.parametrize("after", [(90, 20), (30, 61), (7, 7)])
def test_pillow_resizes_what_libvips_cannot(after: Size) -> None:
    """It makes no image larger, and a much smaller one is darker."""
    image = Image.new("RGB", (60, 60), "teal")
    assert vips_resizer()(image, after).tobytes() == resize_with_pillow(image, after).tobytes()


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_an_image_of_several_blocks_is_copied(mode: str) -> None:
    """Pillow stores it in blocks of 16 MB, outside of an image worker."""
    image = picture(500, 400, seed=8).resize((5000, 4000)).convert(mode)
    actual = vips_resizer()(image, (3000, 2400))
    expected = resize_with_pillow(image, (3000, 2400))
    assert max(ImageStat.Stat(ImageChops.difference(actual, expected)).mean) < 0.5


def test_pillow_resizes_an_image_whose_copy_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would exceed the memory that decoding allows for."""
    monkeypatch.setattr(vips_resize, "_MAX_COPIED", 5000 * 1000 * 4 - 1)
    monkeypatch.setattr(vips_resize, "_resize", None)
    assert vips_resizer()(Image.new("RGB", (5000, 1000)), (2500, 500)).size == (2500, 500)


def test_an_error_of_libvips_is_raised_with_its_text() -> None:
    library = vips_resize._start()
    library.vips_error.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
    for text, error in (("out of memory", MemoryError), ("bad image", RuntimeError)):
        library.vips_error(b"reduce", text.encode())
        with pytest.raises(error, match=text):
            vips_resize._fail(library)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_image_workers_resize_with_libvips(pool: ImageWorkerPool, mode: str) -> None:
    """The sandbox lets its threads start. Two photos, since each has a process of its own."""
    data = encode_image(picture(2600, 1500, seed=5).convert(mode), "JPEG")
    expected = process_image(BytesIO(data), LIMITS)
    assert processed(pool, data) == expected
    assert processed(pool, data) == expected


def test_an_image_worker_with_little_memory_makes_the_photo_or_refuses_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """However little: without memory for a result or a thread of libvips, Pillow resizes."""
    caplog.set_level("WARNING")
    data = encode_image(picture(2600, 1500, seed=5), "JPEG")
    sizes = [(each.width, each.height) for each in process_image(BytesIO(data), LIMITS).renditions]
    limits = WorkerLimits(memory=300 * 2**20)
    outcomes = []
    with closing(ImageWorkerPool(LIMITS, 1, limits, little_memory.WHILE_RESIZING)) as pool:
        for free_memory in range(32, 84, 6):
            try:
                photo = processed(pool, little_memory.request(data, free_memory))
            except ImageTooLarge:
                outcomes.append(False)
            else:
                outcomes.append(True)
                assert [(each.width, each.height) for each in photo.renditions] == sizes
    assert outcomes == sorted(outcomes)
    assert set(outcomes) == {False, True}
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "fails: in an image worker: " in caplog.text


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("no thread\n" + "x" * 999)])
def test_pillow_resizes_what_libvips_fails_to_resize(
    error: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The log has the first cause, in one line."""

    def fail(_image: Image.Image, _size: Size) -> Image.Image:
        raise error

    monkeypatch.setitem(resize.RESIZERS, LIBVIPS, lambda: fail)
    image = picture(801, 533, seed=3)
    for size in ((641, 427), (320, 213)):
        expected = resize_with_pillow(image, size)
        assert resize.resize(image, size).tobytes() == expected.tobytes()
    (record,) = caplog.records
    assert type(error).__name__ in record.message
    assert "\n" not in record.message


@pytest.mark.parametrize("error", [OSError("no memory"), RuntimeError("no thread"), MemoryError()])
def test_a_resizer_that_does_not_start_is_replaced_by_pillow(
    error: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Its trial was in another process, which may have had more memory."""

    def start() -> Resize:
        raise error

    monkeypatch.setitem(resize.RESIZERS, LIBVIPS, start)
    resize.preload()
    assert resize.resize(Image.new("RGB", (90, 60)), (60, 40)).size == (60, 40)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
