"""Name the CSS classes of a photo's aspect ratio, since the CSP forbids style attributes.

The classes state the digits of width / (width + height) in 140ths: `a8 b4` is 84, which is 3:2, and
`c5` adds 0.5. 1:1, 4:3 and 3:2 are whole numbers. No ratio is off by more than 0.4 %.
"""

from functools import lru_cache

from flask import Flask

from app.domain.photo import Photo
from app.domain.photo_summary import PhotoSummary

UNIT = 1400
_PANORAMA = 2.5  # the least aspect ratio; the widest format of films is 2.4
LEAST, MOST = 200, 1330  # 1:6 and 19:1; a photo beyond is shown in a frame of that shape


def init_app(app: Flask) -> None:
    """Add the filter and the test to templates."""
    app.jinja_env.filters.update(aspect_ratio_class=aspect_ratio_class)
    app.jinja_env.tests.update(panorama=is_panorama)


def aspect_ratio_class(photo: Photo | PhotoSummary) -> str:
    """Return the classes of the photo's frame."""
    return _class(width_share(photo))


def width_share(photo: Photo | PhotoSummary) -> int:
    """Return the share of the frame's width in the sum of its width and height, in 1400ths."""
    share = round(UNIT * photo.width / (photo.width + photo.height))
    return min(max(LEAST, share), MOST)


def frame_ratio(width_share: int) -> float:
    """Return the aspect ratio of a frame."""
    return width_share / (UNIT - width_share)


def is_panorama(photo: Photo | PhotoSummary) -> bool:
    """Return whether the photo is so wide that it would be tiny if all of it were shown at once."""
    return photo.width >= _PANORAMA * photo.height


@lru_cache(MOST - LEAST + 1)
def _class(width_share: int) -> str:
    tens, units, tenths = width_share // 100, width_share // 10 % 10, width_share % 10
    digits = (("a", tens), ("b", units), ("c", tenths))
    return " ".join(["ar", *(f"{name}{digit}" for name, digit in digits if digit)])
