"""Give templates the macros of other templates, and cache the HTML that many pages share.

`macros` replaces Jinja's `import`, which runs the other template again for each page if it passes
the context, and otherwise compares the names of all globals. So macros have no variables of the
page but their arguments.

Rendering the cached parts would take half of the CPU time of a gallery page. A cached macro depends
on its arguments, the path of the site, the language and its formats, and on nothing else of the
request or the visitor.
"""

from collections.abc import Hashable
from functools import lru_cache

from flask import Flask, request
from jinja2.environment import TemplateModule
from markupsafe import Markup

from app.web.rendering.i18n import language, locale_tag

MAX_CACHED = 128  # the rows of a page are about 60 kB, the others less than 10 kB


def init_app(app: Flask) -> None:
    """Add `macros` and `cached_macro` to the template globals."""

    def macros(template: str) -> TemplateModule:
        """Return the macros of a template, which runs when it is asked for first."""
        return app.jinja_env.get_template(template).module

    @lru_cache(MAX_CACHED)
    def render(
        template: str,
        macro: str,
        arguments: tuple[Hashable, ...],
        site_path: str,  # noqa: ARG001  a key
        languages: tuple[str, str],  # noqa: ARG001  a key: of the texts and of the formats
    ) -> Markup:
        """Render a macro, whose texts are in the language and whose URLs have the path."""
        return Markup(getattr(macros(template), macro)(*arguments))  # noqa: S704

    def cached_macro(template: str, macro: str, *arguments: object) -> Markup:
        keys = tuple(tuple(each) if isinstance(each, list) else each for each in arguments)
        return render(template, macro, keys, request.root_path, (language(), locale_tag()))

    app.jinja_env.globals.update(macros=macros, cached_macro=cached_macro)
