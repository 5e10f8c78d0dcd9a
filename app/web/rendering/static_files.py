"""Static files under addresses that carry a hash of them all, so that browsers may keep them for a year."""

import hashlib
from pathlib import Path

from flask import Blueprint, Flask, Response, send_from_directory, url_for

YEAR = 365 * 24 * 60 * 60


def init_app(app: Flask, folder: Path) -> None:
    """Serve `folder` under `/static/<hash>/` and give templates `asset(path)`.

    One hash for the whole folder lets modules and stylesheets name each other by relative addresses.
    """
    current = _hash_of(folder)
    assets = Blueprint("static", __name__)

    @assets.get("/static/<version>/<path:path>")
    def file(version: str, path: str) -> Response:
        # Another version's page may ask while instances are being replaced: give it ours, but not for long.
        response = send_from_directory(folder, path, max_age=YEAR if version == current else 0)
        response.direct_passthrough = False
        response.make_sequence()  # small, and so it can be compressed
        response.cache_control.public = True
        response.cache_control.immutable = version == current
        return response

    app.register_blueprint(assets)
    app.jinja_env.globals["asset"] = lambda path: url_for("static.file", version=current, path=path)


def _hash_of(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
