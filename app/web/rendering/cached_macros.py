"""Cache the HTML of macros that most pages of a listing share.

Rendering them takes half of the CPU time of a gallery page. Such a macro depends on its arguments,
the path of the site, the language and its formats, and on nothing else of the request or the
visitor.
"""

from collections.abc import Hashable
from functools import lru_cache

from flask import Flask, request
from markupsafe import Markup

from app.web.rendering.i18n import language, locale_tag

MAX_CACHED = 128  # the rows of a page are about 60 kB, the others less than 10 kB


def init_app(app: Flask) -> None:
    """Add `cached_macro` to the template globals."""

    @lru_cache(MAX_CACHED)
    def render(
        template: str,
        macro: str,
        arguments: tuple[Hashable, ...],
        site_path: str,  # noqa: ARG001  a key
        languages: tuple[str, str],  # noqa: ARG001  a key: of the texts and of the formats
    ) -> Markup:
        """Render a macro, whose texts are in the language and whose URLs have the path."""
        module = app.jinja_env.get_template(template).module
        return Markup(getattr(module, macro)(*arguments))  # noqa: S704

    def cached_macro(template: str, macro: str, *arguments: object) -> Markup:
        keys = tuple(tuple(each) if isinstance(each, list) else each for each in arguments)
        return render(template, macro, keys, request.root_path, (language(), locale_tag()))

    app.jinja_env.globals["cached_macro"] = cached_macro
