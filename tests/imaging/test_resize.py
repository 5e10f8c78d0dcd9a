"""The fast resizer does what Pillow does, and where it can't, Pillow does it."""

import functools
import logging
import sys
from collections.abc import Iterator

import pytest
from PIL import Image, ImageChops, ImageStat

from app.imaging import resize
from tests.imaging.sample_files import opened, prepared, saved
from tests.sample_images import picture


class Panic(BaseException):
    """What a panic in Rust looks like from Python."""


@pytest.fixture(autouse=True)
def anew() -> Iterator[None]:
    """Each test has its own trial of the resizer."""
    forget()
    yield
    forget()


def forget() -> None:
    resize._verified_modes.cache_clear()
    resize._cykooz_resizer.cache_clear()


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of the channel that differs most, in levels."""
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


def renditions() -> list[Image.Image]:
    return [
        opened(rendition.body)
        for rendition in prepared(saved(picture(1501, 1003, seed=7), "JPEG")).renditions
    ]


def is_alike(ours: list[Image.Image], theirs: list[Image.Image]) -> bool:
    pairs = list(zip(ours, theirs, strict=True))
    return all(a.size == b.size and a.mode == b.mode and difference(a, b) < 0.5 for a, b in pairs)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "CMYK"])
def test_it_does_what_pillow_does(mode: str) -> None:
    pytest.importorskip("cykooz_resizer", reason="there is no build for this machine")
    assert mode in resize._verified_modes()
    image = picture(801, 533, seed=3).convert(mode)
    for size in ((512, 341), (320, 213), (160, 107)):
        ours, theirs = resize.resize(image, size), resize.resize_with_pillow(image, size)
        assert (ours.mode, ours.size) == (theirs.mode, theirs.size)
        assert difference(ours, theirs) < 0.5


@pytest.mark.parametrize("mode", ["LA", "LAB"])
def test_modes_it_does_not_know_are_left_to_pillow(mode: str) -> None:
    small = resize.resize(Image.new(mode, (90, 60)), (30, 20))
    assert (small.mode, small.size) == (mode, (30, 20))


@pytest.mark.parametrize(
    ("before", "after"), [((1, 20_000), (1, 16_384)), ((20_000, 1), (320, 1)), ((3, 3), (1, 1))]
)
def test_extremes(before: tuple[int, int], after: tuple[int, int]) -> None:
    assert resize.resize(Image.new("RGB", before, "white"), after).getextrema() == ((255, 255),) * 3


def test_without_it_the_renditions_are_the_same(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    expected = renditions()
    forget()
    monkeypatch.setitem(sys.modules, "cykooz_resizer", None)  # as if it were not installed
    with caplog.at_level(logging.WARNING):
        assert is_alike(renditions(), expected)
        assert is_alike(renditions(), expected)
    assert [record.levelname for record in caplog.records] == ["WARNING"]  # once


@pytest.mark.parametrize(
    "error", [Panic("out of bounds"), AttributeError("no such thing in this Pillow")]
)
def test_one_that_fails_is_not_used(
    error: BaseException, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_image: Image.Image, _size: tuple[int, int]) -> Image.Image:
        raise error

    expected = renditions()
    resize._verified_modes.cache_clear()
    monkeypatch.setattr(resize, "_cykooz_resizer", functools.cache(lambda: broken))
    assert is_alike(renditions(), expected)
    assert is_alike(renditions(), expected)
    assert len(caplog.records) == 1


def test_one_that_does_otherwise_is_not_used(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def rough(image: Image.Image, size: tuple[int, int]) -> Image.Image:
        return image.resize(size, Image.Resampling.NEAREST)

    expected = renditions()
    resize._verified_modes.cache_clear()
    monkeypatch.setattr(resize, "_cykooz_resizer", functools.cache(lambda: rough))
    assert is_alike(renditions(), expected)
    assert "L, RGB, RGBA, CMYK" in caplog.text
