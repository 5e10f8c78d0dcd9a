"""Redirect after a POST, and only to pages of this site."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

MAX_PATH = 1000  # characters; longer paths do not fit into headers and cookies


def see_other(endpoint: str, **values: Any) -> Response:
    """Redirect with 303, so that reloading the next page does not send the form again."""
    return redirect(url_for(endpoint, **values), 303)


def current_path() -> str | None:
    """Return the path and query of the request's URL, for `back` and `next`; None if too long."""
    return _local_path(f"{request.root_path}{request.full_path.rstrip('?')}")


def redirect_to(path: str | None, default: str, **values: Any) -> Response:
    """Redirect to `path` if it is a path of this site, otherwise to the endpoint `default`."""
    local = _local_path(path)
    return redirect(local, 303) if local else see_other(default, **values)


def redirect_back(default: str, **values: Any) -> Response:
    """Redirect to the page in the URL's `back` parameter, otherwise to the endpoint `default`."""
    return redirect_to(back_path(), default, **values)


def back_path() -> str | None:
    """Return the URL's `back` parameter if it is a path of this site."""
    return _local_path(request.args.get("back"))


def flash_with_undo(text: str, undo: str, photo_ids: Sequence[str] = ()) -> None:
    """Flash a message with a button that posts `photo_ids` to the URL `undo`."""
    content = {"text": text, "undo": undo, "photo_ids": photo_ids}
    flash(content, "undo")  # type: ignore[arg-type]  # sessions store any JSON


def _local_path(path: str | None) -> str | None:
    """Return `path` if browsers stay on this site with it; they read a backslash as a slash."""
    if not path or len(path) > MAX_PATH:
        return None
    if not path.isprintable():  # control characters could end the header
        return None
    has_host = path.startswith(("//", "/\\"))
    return path if path.startswith(f"{request.root_path}/") and not has_host else None
