"""Fast resizers give the pixels that Pillow gives, and replace each other where one fails.

Covers app.imaging.fast_resize and app.imaging.resize_trial.
"""

import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import PIL
import pytest
from PIL import Image, ImageChops, ImageStat

from app.imaging import fast_resize, resize
from app.imaging.resize import FastResizer
from app.imaging.workers.settings import WorkerLimits, WorkerSettings
from tests.imaging.libvips.installed import skip_without_libvips
from tests.imaging.sample_files import LIMITS, encode_image, open_image, process_bytes
from tests.sample_images import picture

_FAKE_RESIZER = """
import os, signal, time
from PIL import Image

class FilterType:
    lanczos3 = None

class ResizeAlg:
    convolution = staticmethod(lambda kind: None)

class ResizeOptions:
    def __init__(self, algorithm):
        pass

class Resizer:
    def resize_pil(self, source, target, options):
        {behavior}
"""
_BEHAVIORS = {
    "crashes": ("os.kill(os.getpid(), signal.SIGSEGV)", "SIGSEGV"),
    "raises": ('raise AttributeError("no field im")', "no field im"),
    "panics": ('raise BaseException("out of bounds")', "out of bounds"),
    "exits": ("os._exit(3)", "exit status 3"),
    "hangs": ("time.sleep(60)", "timed out"),
    "resizes badly": (
        "target.paste(source.resize(target.size, Image.Resampling.NEAREST))",
        "differently",
    ),
}


@pytest.fixture(autouse=True)
def _new_trial(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test has a trial of its own."""
    monkeypatch.setattr(resize._Trial, "chosen", None)
    fast_resize.cykooz_resizer.cache_clear()
    yield
    fast_resize.cykooz_resizer.cache_clear()


@pytest.fixture
def _no_libvips(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on machines with a build of cykooz-resizer, which do not install it."""
    monkeypatch.setattr(resize, "find_libvips", lambda: None)


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of the channel that differs most, in levels."""
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


def renditions() -> list[Image.Image]:
    photo = process_bytes(encode_image(picture(1501, 1003, seed=7), "JPEG"))
    return [open_image(rendition.body) for rendition in photo.renditions]


def are_alike(actual: list[Image.Image], expected: list[Image.Image]) -> bool:
    pairs = list(zip(actual, expected, strict=True))
    return all(a.size == b.size and a.mode == b.mode and difference(a, b) < 0.5 for a, b in pairs)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "CMYK"])
def test_the_fast_resizer_does_what_pillow_does(mode: str) -> None:
    pytest.importorskip("cykooz_resizer", reason="there is no build for this machine")
    assert mode in resize.fast_resizer().modes
    image = picture(801, 533, seed=3).convert(mode)
    for size in ((512, 341), (320, 213), (160, 107)):
        actual, expected = resize.resize(image, size), resize.resize_with_pillow(image, size)
        assert (actual.mode, actual.size) == (expected.mode, expected.size)
        assert difference(actual, expected) < 0.5


@pytest.mark.parametrize("mode", ["LA", "LAB"])
def test_pillow_resizes_the_other_modes(mode: str) -> None:
    small = resize.resize(Image.new(mode, (90, 60)), (30, 20))
    assert (small.mode, small.size) == (mode, (30, 20))


@pytest.mark.parametrize(
    ("before", "after"), [((1, 20_000), (1, 16_384)), ((20_000, 1), (320, 1)), ((3, 3), (1, 1))]
)
def test_extreme_sizes_are_resized(before: tuple[int, int], after: tuple[int, int]) -> None:
    assert resize.resize(Image.new("RGB", before, "white"), after).getextrema() == ((255, 255),) * 3


def test_the_choice_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    pytest.importorskip("cykooz_resizer", reason="there is no build for this machine")
    with caplog.at_level(logging.INFO):
        resize.fast_resizer()
        resize.fast_resizer()
    expected = "Resizing with cykooz-resizer in the modes CMYK, L, RGB, RGBA"
    assert [(record.levelname, record.message) for record in caplog.records] == [("INFO", expected)]


@pytest.mark.usefixtures("_no_libvips")
def test_renditions_are_the_same_without_a_fast_resizer(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    expected = renditions()
    monkeypatch.setattr(resize._Trial, "chosen", None)
    monkeypatch.setitem(sys.modules, "cykooz_resizer", None)  # as if it were not installed
    assert are_alike(renditions(), expected)
    assert are_alike(renditions(), expected)
    (warning,) = [record for record in caplog.records if record.levelname == "WARNING"]
    assert "cykooz-resizer is not installed; libvips is not installed" in warning.message


def test_libvips_resizes_where_there_is_no_other_build(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As on ARM. The renditions are the same, and the log says why it was chosen."""
    skip_without_libvips()
    expected = renditions()
    monkeypatch.setattr(resize._Trial, "chosen", None)
    monkeypatch.setitem(sys.modules, "cykooz_resizer", None)  # as if it were not installed
    caplog.clear()  # of the choice that was replaced
    with caplog.at_level(logging.INFO):
        assert are_alike(renditions(), expected)
    assert [record.message for record in caplog.records] == [
        "Resizing with libvips in the modes CMYK, L, RGB (cykooz-resizer is not installed)"
    ]


def test_libvips_replaces_a_resizer_that_fails_its_trial(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    skip_without_libvips()
    code, _reason = _BEHAVIORS["crashes"]
    (tmp_path / "cykooz_resizer.py").write_text(_FAKE_RESIZER.format(behavior=code))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert resize.fast_resizer().name == "libvips"


def test_every_choice_reaches_another_process() -> None:
    """The server chooses, and the fork server of the image workers reads the choice as JSON."""
    for chosen in (FastResizer(), FastResizer("libvips", ("L", "RGB"))):
        settings = WorkerSettings(
            image_limits=LIMITS, worker_limits=WorkerLimits(), fast_resizer=chosen
        )
        assert WorkerSettings.from_json(settings.to_json()) == settings


@pytest.mark.usefixtures("_no_libvips")
@pytest.mark.parametrize("behavior", _BEHAVIORS)
def test_a_resizer_that_fails_its_trial_is_not_used(
    behavior: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A crash in the child process is logged, and this process uses Pillow."""
    code, reason = _BEHAVIORS[behavior]
    (tmp_path / "cykooz_resizer.py").write_text(_FAKE_RESIZER.format(behavior=code))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    if behavior == "hangs":
        monkeypatch.setattr(resize, "_TRIAL_TIMEOUT", 1.0)
    assert resize.fast_resizer() == FastResizer()
    assert len(caplog.records) == 1
    assert reason in caplog.text
    assert resize.resize(Image.new("RGB", (90, 60), "teal"), (30, 20)).size == (30, 20)


@pytest.mark.usefixtures("_no_libvips")
def test_the_fast_resizer_is_not_tried_with_an_unknown_pillow(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Its structures may have changed, and a crash need not happen on the sample."""
    monkeypatch.setattr(PIL, "__version__", "14.0.0")
    monkeypatch.setattr(subprocess, "run", None)
    assert resize.fast_resizer() == FastResizer()
    assert "not tried with Pillow 14.0.0" in caplog.text


@pytest.mark.usefixtures("_no_libvips")
def test_the_fast_resizer_is_not_tried_on_musl(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("platform.libc_ver", lambda: ("", ""))
    monkeypatch.setattr(subprocess, "run", None)
    assert resize.fast_resizer() == FastResizer()
    assert "C library" in caplog.text
