"""Say how long caches may show copies of a photo that is no longer public."""

from flask import Flask

from app.web.context import app_context
from app.web.rendering.i18n import gettext as _


def cache_notice() -> str:
    """Return a sentence for the end of a text, empty if there is no shared cache.

    The time is `object_keys.MAX_AGE_IN_SHARED_CACHES`.
    """
    if not app_context().config.has_shared_cache:
        return ""
    return _("Copies may stay in caches for up to one hour after that.")


def with_cache_notice(text: str) -> str:
    """Return `text`, followed by the notice if there is a shared cache."""
    return f"{text} {cache_notice()}".rstrip()


def init_app(app: Flask) -> None:
    """Add the function to the template globals."""
    app.jinja_env.globals.update(cache_notice=cache_notice)
