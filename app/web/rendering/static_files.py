"""Serve static files under URLs with a hash of their content, so that browsers cache them."""

import hashlib
from pathlib import Path

from flask import Blueprint, Flask, Response, send_from_directory, url_for

YEAR = 365 * 24 * 60 * 60  # seconds


def init_app(app: Flask, folder: Path) -> None:
    """Serve `folder` under `/static/<hash>/`, and add `asset(path)` to the template globals.

    One hash covers the whole folder, so modules can import each other by relative URLs.
    """
    current_version = _hash_of(folder)
    static = Blueprint("static", __name__)

    @static.get("/static/<version>/<path:path>")
    def file(version: str, path: str) -> Response:
        # During a deployment, pages of another version may ask this instance. Serve the current
        # file, but do not let it be cached under the wrong hash.
        is_current = version == current_version
        response = send_from_directory(folder, path, max_age=YEAR if is_current else 0)
        response.direct_passthrough = False
        response.make_sequence()  # compression needs the body in memory
        response.cache_control.public = True
        response.cache_control.immutable = is_current
        return response

    app.register_blueprint(static)

    def asset(path: str) -> str:
        return url_for("static.file", version=current_version, path=path)

    app.jinja_env.globals["asset"] = asset


def _hash_of(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
