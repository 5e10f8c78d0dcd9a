"""Read how large photos are in a gallery on a phone. The choice is a parameter of the URL.

Without it two or three photos share a row in narrow windows. Wide windows are not affected.
"""

from typing import Literal
from urllib.parse import urlencode

from flask import Flask, request

PARAMETER = "size"
_LARGE: Literal["large"] = "large"


def init_app(app: Flask) -> None:
    """Add the functions to the template globals."""
    app.jinja_env.globals.update(photo_size=photo_size, other_photo_size_url=other_photo_size_url)


def photo_size() -> Literal["large"] | None:
    """Return the parameter of links to other pages of the listing: `large`, or None."""
    if not request.args:  # a page asks eight times
        return None
    return _LARGE if request.args.get(PARAMETER) == _LARGE else None


def other_photo_size_url() -> str:
    """Return the page's URL with photos of the other size, relative to itself."""
    parameters = [item for item in request.args.items(multi=True) if item[0] != PARAMETER]
    if not photo_size():
        parameters.append((PARAMETER, _LARGE))
    return f"?{urlencode(parameters)}"
