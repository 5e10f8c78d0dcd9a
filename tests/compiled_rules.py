"""Compile the URL builders of Werkzeug's rules once in a process.

Werkzeug compiles two functions for each of Shoebox's 47 rules. This is half of the CPU time that
`create_app` takes. If a later Werkzeug compiles them elsewhere, tests only get slower.
"""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

UrlBuilder = Callable[..., tuple[str, str]]

_builders: dict[tuple[Any, ...], UrlBuilder] = {}


class RuleCompiledOnce(Rule):
    """A rule that shares its URL builders with the equal rules of other apps."""

    def _compile_builder(self, append_unknown: bool = True) -> UrlBuilder:
        key = (self.rule, self.subdomain, self.host, repr(self.defaults), append_unknown)
        if key not in _builders:
            _builders[key] = super()._compile_builder(append_unknown)
        return _builders[key]
