"""Serve static files under URLs with a hash of their content, so that browsers cache them."""

import hashlib
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, request, send_from_directory

from app.web.middleware.compression import compress_file

YEAR = 365 * 24 * 60 * 60  # seconds

# Python does not know the type. Browsers ignore speculation rules with any other one.
_SPECULATION_RULES_SUFFIX = ".speculationrules"
_SPECULATION_RULES_TYPE = "application/speculationrules+json"


def init_app(app: Flask, folder: Path) -> str:
    """Serve `folder` under `/static/<hash>/`, and add `asset` to the template globals.

    One hash covers the whole folder, so modules can import each other by relative URLs.

    Returns:
        The beginning of the paths of the files.
    """
    current_version = _hash_of(folder)
    static = Blueprint("static", __name__)

    @static.get("/static/<version>/<path:path>")
    def file(version: str, path: str) -> Response:
        # During a deployment, pages of another version may ask this instance. Serve the current
        # file, but do not let it be cached under the wrong hash.
        is_current = version == current_version
        max_age = YEAR if is_current else 0
        response = send_from_directory(
            folder, path, conditional=False, mimetype=_type_of(path), max_age=max_age
        )
        response.direct_passthrough = False
        response.make_sequence()  # compression needs the body in memory
        compress_file(response)
        response.make_conditional(request)  # no ranges: the files are small
        response.cache_control.public = True
        response.cache_control.immutable = is_current
        return response

    app.register_blueprint(static)
    prefix = f"/static/{current_version}/"
    app.extensions[__name__] = prefix
    app.jinja_env.globals["asset"] = asset
    return prefix


def asset(path: str) -> str:
    """Return the URL of the static file `path`. `url_for` would take a tenth of a page's time."""
    return f"{request.root_path}{current_app.extensions[__name__]}{path}"


def _type_of(path: str) -> str | None:
    """Return the media type of a static file; None if its suffix says it."""
    return _SPECULATION_RULES_TYPE if path.endswith(_SPECULATION_RULES_SUFFIX) else None


def _hash_of(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
