"""Compile Werkzeug's rules and Jinja's templates once in a process.

Most tests create an app. Werkzeug parses and compiles each of Shoebox's 123 rules, which is 80 %
of the CPU time that `create_app` takes. Reading a compiled template from a file takes a third of
the first request, and compiling all of them takes a second.
"""

from pathlib import Path
from types import CodeType, MethodType
from typing import Any

from jinja2.bccache import Bucket, BytecodeCache, FileSystemBytecodeCache
from werkzeug.routing import Rule

_compiled: dict[tuple[Any, ...], dict[str, Any]] = {}


class RuleCompiledOnce(Rule):
    """A rule that shares its compiled form with the equal rules of other apps."""

    def compile(self) -> None:
        """Set the attributes that the first of the equal rules got."""
        assert self.map is not None
        converters = tuple(self.map.converters.values())
        text = (self.rule, self.subdomain, self.host, repr(self.defaults))
        key = (*text, self.merge_slashes, self.map.host_matching, converters)
        if key not in _compiled:
            _compiled[key] = self._compile_first()
        for name, value in _compiled[key].items():
            is_method = isinstance(value, MethodType)
            setattr(self, name, MethodType(value.__func__, self) if is_method else value)

    def _compile_first(self) -> dict[str, Any]:
        """Return the attributes that are set, whatever their names are, and the arguments."""
        before = vars(self).copy()
        super().compile()
        after = vars(self)
        changed = {name: after[name] for name in after if after[name] is not before.get(name)}
        return changed | {"arguments": self.arguments}


class TemplatesCompiledOnce(BytecodeCache):
    """The code of templates in memory, and in files that the processes of one run share."""

    def __init__(self, folder: Path | None) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}
        self._files = FileSystemBytecodeCache(str(folder)) if folder else None

    def load_bytecode(self, bucket: Bucket) -> None:
        """Find the code of a template with the same source."""
        bucket.code = self._codes.get((bucket.key, bucket.checksum))
        if bucket.code is None and self._files:
            self._files.load_bytecode(bucket)
            self._keep(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template."""
        self._keep(bucket)
        if self._files:
            self._files.dump_bytecode(bucket)

    def _keep(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._codes[bucket.key, bucket.checksum] = bucket.code
