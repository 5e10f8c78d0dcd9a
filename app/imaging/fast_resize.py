"""Resize with cykooz-resizer, which does what Pillow does in a tenth of the time.

It reads Pillow's C structures, so a change in Pillow can crash the process. Run as a program, this
module tries the resizer and prints the modes in which it agrees with Pillow. It imports nothing of
the application, so that the trial starts quickly.
"""

import functools
import json
import sys
import threading
from collections.abc import Callable

from PIL import Image, ImageChops

Size = tuple[int, int]
Resize = Callable[[Image.Image, Size], Image.Image]

_MODES = ("L", "RGB", "RGBA", "CMYK")  # all that cykooz-resizer knows of color.to_resizable_mode
_SAMPLE_SIZE = (203, 155)
_RESIZED_SIZE = (64, 49)
_TOLERANCE = 4  # levels of 255; the two round differently and differ by 1 on the sample


def resize_with_pillow(image: Image.Image, size: Size) -> Image.Image:
    """Resize by LANCZOS, after averaging a much larger image to 3 times the size or more."""
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


@functools.cache
def cykooz_resizer() -> Resize:
    """Return the function that resizes by LANCZOS, with one resizer for each thread.

    RGB is resized in two passes, down and then across, which is a tenth faster than the other
    order: the resizer's own memory between its passes is never returned, but Pillow's is reused.
    """
    from cykooz_resizer import (  # noqa: PLC0415 - it may be missing
        FilterType,
        ResizeAlg,
        ResizeOptions,
        Resizer,
    )

    options = ResizeOptions(ResizeAlg.convolution(FilterType.lanczos3))
    local = threading.local()

    def resize(image: Image.Image, size: Size) -> Image.Image:
        if not hasattr(local, "resizer"):
            local.resizer = Resizer()
        resized = Image.new(image.mode, size, None)
        if image.mode == "RGB":
            low = Image.new("RGB", (image.width, size[1]), None)
            local.resizer.resize_pil(image, low, options)
            image = low
        local.resizer.resize_pil(image, resized, options)
        return resized

    return resize


def matches_pillow(resize: Resize, mode: str) -> bool:
    """Return whether `resize` gives the image that Pillow gives."""
    sample = _sample(mode)
    actual = resize(sample, _RESIZED_SIZE)
    expected = resize_with_pillow(sample, _RESIZED_SIZE)
    if (actual.mode, actual.size) != (expected.mode, expected.size):
        return False
    differences = map(ImageChops.difference, actual.split(), expected.split())
    return all(max(difference.histogram()[_TOLERANCE + 1 :]) == 0 for difference in differences)


def _sample(mode: str) -> Image.Image:
    """Return an image of slopes and ripples whose channels differ."""
    slope = Image.linear_gradient("L").resize(_SAMPLE_SIZE)
    ripple_levels = [abs(value * 4 % 320 - 160) + 48 for value in range(256)]
    ripples = Image.radial_gradient("L").resize(_SAMPLE_SIZE).point(ripple_levels)
    mixed = Image.blend(slope, ripples, 0.5)
    alpha = slope.point([128 + value // 2 for value in range(256)])
    channels = (ripples, mixed, slope, alpha)
    return Image.merge(mode, channels[: len(mode)])


def _print_matching_modes() -> None:
    modes = [mode for mode in _MODES if matches_pillow(cykooz_resizer(), mode)]
    sys.stdout.write(json.dumps(modes))


if __name__ == "__main__":
    _print_matching_modes()
