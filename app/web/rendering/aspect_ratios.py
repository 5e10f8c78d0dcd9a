"""Name the CSS class of a photo's aspect ratio, since the CSP forbids style attributes.

The N of a class `ar-N` is width / (width + height) in 140ths: 1:1, 4:3 and 3:2 are whole numbers.
No ratio from 1:3 to 3:1 is off by more than 2 %, and no wider one by more than 6 %.
"""

from flask import Flask

from app.domain.photo import Photo
from app.domain.photo_summary import PhotoSummary

UNIT = 140
LEAST, MOST = 35, 130  # the classes from 1:3 to 13:1


def init_app(app: Flask) -> None:
    """Add the filter to templates."""
    app.jinja_env.filters.update(aspect_ratio_class=aspect_ratio_class)


def aspect_ratio_class(photo: Photo | PhotoSummary) -> str:
    """Return the class of the photo's frame.

    Beyond 1:3 and 13:1 the class `uncropped` shows the whole photo in a frame of that shape.
    """
    share = _width_share(photo)
    frame_share = width_share(photo)
    return f"ar-{frame_share}" if share == frame_share else f"ar-{frame_share} uncropped"


def width_share(photo: Photo | PhotoSummary) -> int:
    """Return the N of the photo's class."""
    return min(max(LEAST, _width_share(photo)), MOST)


def frame_ratio(width_share: int) -> float:
    """Return the aspect ratio of the class with this N."""
    return width_share / (UNIT - width_share)


def _width_share(photo: Photo | PhotoSummary) -> int:
    return round(UNIT * photo.width / (photo.width + photo.height))
