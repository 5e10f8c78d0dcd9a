"""The path of a request for the log: the rule of its route, with the ids of photos and albums.

A path may contain secrets (the code of a guest link) and what visitors typed (a tag, any path that
does not exist), so the log has `/join/<code>` and `/tags/<tag>`, and `unmatched`.
"""

import re
from collections.abc import Mapping

from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import Map, Rule

UNMATCHED = "unmatched"

_MAX_PATH = 1000  # characters; no route of ours is longer, and a longer path takes time to match
# `<photo_id>`, `<path:path>` and `<any(hide, delete):verb>`
_ARGUMENT = re.compile(r"<(?:(?P<converter>\w+)(?:\([^)]*\))?:)?(?P<name>\w+)>")
_LIMITED = frozenset({"any", "int"})  # converters of words of the route, and of numbers
_ULID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")  # photos, albums, reports


def path_of(rule: Rule | None, values: Mapping[str, object] | None) -> str:
    """Return the path of a request for the log.

    Args:
        rule: The rule of the route; None if there is none.
        values: The arguments in the path.
    """
    if rule is None or values is None:
        return UNMATCHED

    def shown(argument: re.Match[str]) -> str:
        name, value = argument["name"], values[argument["name"]]
        text = f"{value:02}" if isinstance(value, int) else str(value)
        is_shown = argument["converter"] in _LIMITED or is_id(text)
        return text if is_shown else f"<{name}>"

    return _ARGUMENT.sub(shown, rule.rule)


def is_id(text: str) -> bool:
    """Return whether a text is like the id of a photo, an album or a report."""
    return _ULID.fullmatch(text) is not None


def match_path(routes: Map, method: str, path: str) -> str:
    """Return the path of a request for the log, which Flask may not have matched."""
    if len(path) > _MAX_PATH:
        return UNMATCHED
    adapter = routes.bind("localhost")
    try:
        return path_of(*adapter.match(path, method, return_rule=True))
    except MethodNotAllowed as error:
        other_method = next(iter(error.valid_methods or ()), "GET")
        return path_of(*adapter.match(path, other_method, return_rule=True))
    except HTTPException:
        return UNMATCHED
