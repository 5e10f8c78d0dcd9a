"""The program that tries a fast resizer: `python -m app.imaging.resize_trial NAME`.

It prints, as JSON, the modes in which the resizer gives the same image as Pillow. A change in a
library can crash the process, so the server starts a separate process for the trial.
"""

import json
import sys
from collections.abc import Callable

from PIL import Image, ImageChops

from app.imaging.fast_resize import Resize, cykooz_resizer, resize_with_pillow
from app.imaging.vips_resize import vips_resizer

CYKOOZ_RESIZER = "cykooz-resizer"
LIBVIPS = "libvips"
# By name, the fastest first.
RESIZERS: dict[str, Callable[[], Resize]] = {CYKOOZ_RESIZER: cykooz_resizer, LIBVIPS: vips_resizer}
# Of the modes of color.to_resizable_mode, all that a resizer knows. Transparent pixels have
# premultiplied levels in libvips.
_MODES = {CYKOOZ_RESIZER: ("L", "RGB", "RGBA", "CMYK"), LIBVIPS: ("L", "RGB", "CMYK")}
_SAMPLE_SIZE = (203, 155)
_RESIZED_SIZE = (64, 49)
_TOLERANCE = 4  # levels of 255; resizers round differently and differ by 1 or 2 on the sample


def matches_pillow(resize: Resize, mode: str) -> bool:
    """Return whether `resize` gives the same image as Pillow, except for rounding."""
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


def main(name: str) -> None:
    """Print the modes in which the resizer `name` agrees with Pillow."""
    resize = RESIZERS[name]()
    modes = [mode for mode in _MODES[name] if matches_pillow(resize, mode)]
    sys.stdout.write(json.dumps(modes))


if __name__ == "__main__":
    main(sys.argv[1])
