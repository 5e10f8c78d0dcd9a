"""Render the card of a photo in a gallery once, and keep it.

Rendering its cards takes most of the CPU time of a gallery page.
"""

from functools import lru_cache

from flask import Flask, request
from markupsafe import Markup

from app.domain.photo_summary import PhotoSummary
from app.web.rendering.i18n import language, locale_tag

MAX_CARDS = 2048  # about 2 kB each


def init_app(app: Flask) -> None:
    """Add `photo_card` to the template globals."""

    @lru_cache(MAX_CARDS)
    def render(
        summary: PhotoSummary,
        sizes: str,
        listing: str | None,
        *,
        lazy: bool,
        site_path: str,  # noqa: ARG001  a key
        languages: tuple[str, str] | None,  # noqa: ARG001  a key: of the texts and of the formats
    ) -> Markup:
        """Render a card, whose URLs begin with `site_path`. Without a title it has a date."""
        card = app.jinja_env.get_template("gallery/_card.html")
        html = card.render(summary=summary, sizes=sizes, listing=listing, lazy=lazy)
        return Markup(html)  # noqa: S704

    def photo_card(summary: PhotoSummary, sizes: str, listing: str | None, *, lazy: bool) -> Markup:
        path = request.root_path
        languages = None if summary.title else (language(), locale_tag())
        return render(summary, sizes, listing, lazy=lazy, site_path=path, languages=languages)

    app.jinja_env.globals["photo_card"] = photo_card
