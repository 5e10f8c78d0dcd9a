"""Compile the URL builders of Werkzeug's rules and Jinja's templates once in a process.

Most tests create an app. Werkzeug compiles two functions for each of Shoebox's 47 rules, which is
half of the CPU time that `create_app` takes. Reading a compiled template from a file takes a third
of the first request. If a later version compiles them elsewhere, tests only get slower.
"""

from collections.abc import Callable
from types import CodeType
from typing import Any

from jinja2.bccache import Bucket, BytecodeCache
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


class TemplatesCompiledOnce(BytecodeCache):
    """The code of templates in memory."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Find the code of a template with the same source."""
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template."""
        self._codes[bucket.key, bucket.checksum] = bucket.code
