"""Where an answer leads on to."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response


def see_other(endpoint: str, **values: Any) -> Response:
    """The answer to a POST that did its work: reloading what it leads to sends nothing twice."""
    return redirect(url_for(endpoint, **values), 303)


def redirect_to(path: str | None, otherwise: str, **values: Any) -> Response:
    """Lead on to `path` if it is one of this site's own, else to the endpoint `otherwise`."""
    return redirect(path, 303) if path and _is_local(path) else see_other(otherwise, **values)


def flash_with_undo(text: str, undo: str, photo_ids: Sequence[str] = ()) -> None:
    """Say on the next page what was done, beside a button that sends `photo_ids` to the address `undo`."""
    flash({"text": text, "undo": undo, "photo_ids": photo_ids}, "undo")  # type: ignore[arg-type]  # Flask keeps any JSON


def redirect_back(endpoint: str, **values: Any) -> Response:
    """Lead on to where the address says, in `back`, that the visitor came from, else to `endpoint`."""
    return redirect_to(request.args.get("back"), endpoint, **values)


def wants_json() -> bool:
    """Whether the sender asked for JSON rather than a page."""
    accepted = request.accept_mimetypes
    best = accepted.best_match(
        ["text/html", "application/json", "application/problem+json"], "text/html"
    )
    return best != "text/html" and accepted[best] > accepted["text/html"]


def _is_local(path: str) -> bool:
    """Browsers read a backslash as a slash, and two slashes as another host; a header holds no control character."""
    if not path.isprintable():
        return False
    parts = urlsplit(path)
    return (
        not parts.scheme
        and not parts.netloc
        and path.startswith("/")
        and not path.startswith(("//", "/\\"))
    )
