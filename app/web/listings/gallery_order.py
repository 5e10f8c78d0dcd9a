"""The order of the gallery: by upload, or by the date taken.

The parameter `order` of the URL chooses it, and a cookie keeps the choice. A cursor belongs to one
order, so a link to a page of the gallery shows everyone the same photos. Without any of them it is
the order of the setting GALLERY_ORDER.
"""

from typing import Any

from flask import Flask, Response, g, request, url_for

from app.domain.listings.archive import YearPosition
from app.domain.listings.gallery_order import GalleryOrder
from app.web.context import app_context
from app.web.cookies import cookie_name, set_long_lived_cookie
from app.web.rendering.api.negotiation import wants_json

COOKIE = "order"
PARAMETER = "order"


def init_app(app: Flask) -> None:
    """Keep the visitor's choice in a cookie."""

    @app.after_request
    def remember(response: Response) -> Response:
        order = g.pop("chosen_order", None)
        if order is not None:
            set_long_lived_cookie(response, COOKIE, order.value)
        return response


def read_order() -> GalleryOrder:
    """Return the order of the gallery that the URL asks for. A new choice will be remembered."""
    chosen = _parse(request.args.get(PARAMETER))
    if chosen:
        g.chosen_order = chosen
        return chosen
    cursor = request.args.get("before") or request.args.get("after")
    if cursor:
        is_of_year = YearPosition.parse(cursor) is not None
        return GalleryOrder.TAKEN if is_of_year else GalleryOrder.ADDED
    if wants_json():  # scripts get every photo, also those without a date
        return GalleryOrder.ADDED
    return usual_order()


def usual_order() -> GalleryOrder:
    """Return the order that the visitor has chosen before, or that of the setting."""
    remembered = _parse(request.cookies.get(cookie_name(COOKIE)))
    return remembered or app_context().config.gallery_order


def gallery_url(order: GalleryOrder, **parameters: Any) -> str:
    """Return the path of the gallery in an order, which it names if nothing else does."""
    has_cursor = parameters.get("before") or parameters.get("after")
    is_usual = has_cursor or usual_order() is order
    named = {} if is_usual else {PARAMETER: order.value}
    return url_for("gallery.index", **named | parameters)


def _parse(text: str | None) -> GalleryOrder | None:
    return GalleryOrder(text) if text in list(GalleryOrder) else None
