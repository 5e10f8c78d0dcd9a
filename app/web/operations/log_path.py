"""The path of a request for the log: the rule of its route, with numbers and ids of photos.

A path may contain secrets (the code of a guest link) and texts that visitors typed (a tag, or a
path that does not exist). So the log has `/join/<code>`, `/tags/<tag>` and `unmatched`.
"""

import re
from collections.abc import Mapping
from contextlib import suppress

from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import Map, Rule

UNMATCHED = "unmatched"

_MAX_PATH = 1000  # characters; no route of ours is longer, and a longer path takes time to match
# `<photo_id>`, `<path:path>`, `<any(hide, delete):verb>` and `<int(fixed_digits=4):year>`
_ARGUMENT = re.compile(
    r"<(?:(?P<converter>\w+)(?:\((?:fixed_digits=(?P<digits>\d+))?[^)]*\))?:)?(?P<name>\w+)>"
)
_IDS = frozenset({"photo_id", "album_id", "report_id"})
_ULID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")


def match_path(routes: Map, method: str, path: str) -> str:
    """Return the path of a request for the log, also if there is no route for it."""
    if len(path) > _MAX_PATH:
        return UNMATCHED
    adapter = routes.bind("localhost")
    with suppress(HTTPException):
        try:
            return _path_of(*adapter.match(path, method, return_rule=True))
        except MethodNotAllowed as error:
            other_method = next(iter(error.valid_methods or ()), "GET")
            return _path_of(*adapter.match(path, other_method, return_rule=True))
    return UNMATCHED


def is_id(text: str) -> bool:
    """Return whether a text is like the id of a photo, an album or a report."""
    return _ULID.fullmatch(text) is not None


def _path_of(rule: Rule, values: Mapping[str, object]) -> str:
    """Return the rule with those arguments that may be shown."""

    def shown(argument: re.Match[str]) -> str:
        name, value = argument["name"], values[argument["name"]]
        if isinstance(value, int):
            return f"{value:0{argument['digits'] or 1}}"
        is_shown = argument["converter"] == "any" or (name in _IDS and is_id(str(value)))
        return str(value) if is_shown else f"<{name}>"

    return _ARGUMENT.sub(shown, rule.rule)
