"""Resizing: LANCZOS, by cykooz-resizer where it proves to do what Pillow does, else by Pillow.

It is ten times faster, but it reads Pillow's internals, and not every machine has a build of it. So it is tried
out once, before its first use, on a small picture of each mode: whatever fails there is left to Pillow, and logged.
"""

import functools
import logging
import threading
from collections.abc import Callable

from PIL import Image, ImageChops

Size = tuple[int, int]
Resize = Callable[[Image.Image, Size], Image.Image]

_MODES = (
    "L",
    "RGB",
    "RGBA",
    "CMYK",
)  # those of colour.resizable that cykooz-resizer knows: not LA and LAB
_SAMPLE, _SMALL = (203, 155), (64, 49)
_TOLERANCE = 4  # levels of 255; both round between their two passes, and differ by 1 on the sample


def resize(image: Image.Image, size: Size) -> Image.Image:
    """The image at `size`, by LANCZOS."""
    return (
        _cykooz_resizer()(image, size)
        if image.mode in _verified_modes()
        else resize_with_pillow(image, size)
    )


def resize_with_pillow(image: Image.Image, size: Size) -> Image.Image:
    """The same by Pillow; far bigger images are first averaged to no less than thrice the size."""
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


@functools.cache
def _verified_modes() -> frozenset[str]:
    """The modes in which the fast resizer does what Pillow does; found out once a process."""
    log = logging.getLogger(__name__)
    try:
        modes = frozenset(mode for mode in _MODES if _matches_pillow(_cykooz_resizer(), mode))
    except ImportError as error:
        log.warning("Photos are resized by Pillow, several times slower: %s", error)
        return frozenset()
    except BaseException:  # a panic in Rust is no Exception
        log.exception(
            "Photos are resized by Pillow, several times slower: cykooz-resizer failed its trial"
        )
        return frozenset()
    if wrong := [mode for mode in _MODES if mode not in modes]:
        log.warning(
            "Photos in %s are resized by Pillow: cykooz-resizer does them differently",
            ", ".join(wrong),
        )
    return modes


def _matches_pillow(resize: Resize, mode: str) -> bool:
    sample = _sample(mode)
    fast, slow = resize(sample, _SMALL), resize_with_pillow(sample, _SMALL)
    if (fast.mode, fast.size) != (slow.mode, slow.size):
        return False
    differences = map(ImageChops.difference, fast.split(), slow.split())
    return all(max(difference.histogram()[_TOLERANCE + 1 :]) == 0 for difference in differences)


def _sample(mode: str) -> Image.Image:
    """A picture of slopes and ripples, no two channels alike, and an alpha of 128 and more."""
    slope = Image.linear_gradient("L").resize(_SAMPLE)
    rings = (
        Image.radial_gradient("L")
        .resize(_SAMPLE)
        .point([abs(value * 4 % 320 - 160) + 48 for value in range(256)])
    )
    mixed = Image.blend(slope, rings, 0.5)
    alpha = slope.point([128 + value // 2 for value in range(256)])
    return Image.merge(mode, (rings, mixed, slope, alpha)[: len(mode)])


@functools.cache
def _cykooz_resizer() -> Resize:
    """cykooz-resizer's LANCZOS, one thread and one resizer for each of ours.

    RGB goes through it twice, as it does both passes in memory of small pages: across and then down is a sixth cheaper.
    """
    from cykooz_resizer import FilterType, ResizeAlg, ResizeOptions, Resizer  # noqa: PLC0415 - it may be missing

    options = ResizeOptions(ResizeAlg.convolution(FilterType.lanczos3))
    local = threading.local()

    def resize(image: Image.Image, size: Size) -> Image.Image:
        if not hasattr(local, "resizer"):
            local.resizer = Resizer()
        small = Image.new(image.mode, size, None)
        if image.mode == "RGB":
            across = Image.new("RGB", (size[0], image.height), None)
            local.resizer.resize_pil(image, across, options)
            image = across
        local.resizer.resize_pil(image, small, options)
        return small

    return resize
