"""Log each change that the admin makes, each login and each logout, in a line of its own.

    admin_action action=hide page=photos photo=01ARZ3NDEKTSV4RRFFQ69G5FAV

A line names ids of photos, albums, reports and access tokens. It has no titles, no names and
no addresses.
"""

import logging

from flask import Flask, Response, g, request

from app.web.middleware.request_log import current_role, current_upload
from app.web.operations.log_fields import ActorRole
from app.web.operations.log_path import is_id

log = logging.getLogger(__name__)

CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_LOGIN = "login.create"
_NAMES = {_LOGIN: "login", "login.logout": "logout"}
_IDS = {"photo_id": "photo", "album_id": "album", "report_id": "report"}


def note_photo(photo_id: str) -> None:
    """Name a photo in the log, besides the one in the URL. Each one gets a line."""
    g.setdefault("changed_photos", []).append(photo_id)


def note_album(album_id: str) -> None:
    """Name the album that the request creates or adds photos to, besides the one in the URL."""
    g.changed_album = album_id


def note_token(token_id: str) -> None:
    """Name the access token that the request creates or revokes, or logs in with."""
    g.changed_token = token_id


def init_app(app: Flask) -> None:
    """Log changes after their requests."""
    app.after_request(_log_change)


def _log_change(response: Response) -> Response:
    if request.method in CHANGING and request.endpoint:
        if request.endpoint == _LOGIN and response.status_code >= 400:
            log.warning("login_refused")
        elif current_role() is ActorRole.ADMIN:
            _log_action(request.endpoint, is_done=response.status_code < 400)
    return response


def _log_action(endpoint: str, *, is_done: bool) -> None:
    """Log a line for each photo. A request that failed may have changed some of its photos."""
    page, _, function = endpoint.rpartition(".")
    values = request.view_args or {}
    action = _NAMES.get(endpoint) or values.get("verb") or function
    named = {name: values[key] for key, name in _IDS.items() if is_id(values.get(key, ""))}
    ids = "".join(f" {name}={value}" for name, value in named.items())
    ids += f" album={g.changed_album}" if "changed_album" in g else ""
    ids += f" token={g.changed_token}" if "changed_token" in g else ""
    photos = g.get("changed_photos", []) or current_upload().photos
    if photos and "photo_id" not in values:
        for photo_id in photos:
            log.info("admin_action action=%s page=%s%s photo=%s", action, page, ids, photo_id)
    elif is_done:
        log.info("admin_action action=%s page=%s%s", action, page, ids)
