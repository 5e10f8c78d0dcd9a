"""A browser with its own cookies that fills in the forms of the site."""

import re
from html import unescape
from io import BytesIO
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, stream_encode_multipart

from app.web.cookies import cookie_name
from tests.sample_images import jpeg

JSON = {"Accept": "application/json", "X-Requested-With": "test"}
# Werkzeug compiles four expressions for each boundary, and Python keeps the last ones.
BOUNDARY = "a-boundary-of-the-tests"


class Visitor:
    """One browser: its cookies, and methods that submit forms."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()

    def cookie(self, purpose: str) -> str:
        """Return the value of a cookie of the site, or an empty string without one."""
        cookie = self.client.get_cookie(self.cookie_name(purpose))
        return cookie.value if cookie else ""

    def set_cookie(self, purpose: str, value: str) -> None:
        """Give the browser a cookie of the site."""
        self.client.set_cookie(self.cookie_name(purpose), value)

    def cookie_name(self, purpose: str) -> str:
        """Return the name of a cookie of the site over plain HTTP."""
        with self.app.test_request_context("/"):
            return cookie_name(purpose)

    def get(self, path: str, **options: Any) -> TestResponse:
        """Get a page; buffering closes the file that a response reads from."""
        return self.client.get(path, buffered=True, **options)

    def fields(self, path: str) -> dict[str, str]:
        """Return the hidden fields of the form at `path`."""
        tags = re.findall(r"<input[^>]*>", self.get(path).text)
        hidden = [
            dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in tags if 'type="hidden"' in tag
        ]
        return {field["name"]: unescape(field["value"]) for field in hidden}

    def submit(self, path: str, **typed: Any) -> TestResponse:
        """Fill in the form at `path` and submit it."""
        return self.post(path, self.fields(path) | typed)

    def send(self, path: str, **fields: Any) -> TestResponse:
        """Send a form as a script does, which does not open it."""
        return self.post(path, fields, {"X-Requested-With": "test"})

    def post(
        self, path: str, data: dict[str, Any], headers: dict[str, str] | None = None
    ) -> TestResponse:
        """Send a form encoded in memory; the test client would leave a temporary file open."""
        stream, length, boundary = stream_encode_multipart(
            _parts(data), use_tempfile=False, boundary=BOUNDARY
        )
        content_type = f'multipart/form-data; boundary="{boundary}"'
        return self.client.post(
            path,
            input_stream=stream,
            content_length=length,
            content_type=content_type,
            headers=headers,
        )

    def post_text(
        self, path: str, fields: dict[str, str], headers: dict[str, str] | None = None
    ) -> TestResponse:
        """Send a form without files in the encoding of browsers, which is parsed faster."""
        return self.client.post(path, data=fields, headers=headers)

    def upload(self, *bodies: bytes, names: tuple[str, ...] = (), **typed: Any) -> TestResponse:
        """Upload files through the form, also files that are here already."""
        named = [
            (BytesIO(body), names[i] if names else f"IMG_{i}.jpg") for i, body in enumerate(bodies)
        ]
        return self.submit("/upload", **{"photo": named, "add_duplicates": "1"} | typed)

    def add(self, **typed: Any) -> str:
        """Upload one photo as a script does, which opens no form, and return its ID."""
        response = self.upload_json(jpeg(160, 120), **typed)
        assert response.status_code == 201, response.text
        photo_id: str = response.json["photos"][0]["photo_id"]
        response.close()  # a server would, and then writes the request log
        return photo_id

    def upload_json(
        self, *bodies: bytes, headers: dict[str, str] | None = None, **typed: Any
    ) -> TestResponse:
        """Upload files as a script does, also files that are here already."""
        named = [(BytesIO(body), f"IMG_{i}.jpg") for i, body in enumerate(bodies)]
        fields = {"photo": named, "add_duplicates": "1"} | typed
        return self.post("/upload", fields, JSON | (headers or {}))


def _parts(data: dict[str, Any]) -> MultiDict[str, Any]:
    """Return the fields of a form; (file, name), or a list of these, becomes files."""
    parts: MultiDict[str, Any] = MultiDict()
    for name, value in data.items():
        for part in value if isinstance(value, list) else [value]:
            parts.add(name, FileStorage(*part) if isinstance(part, tuple) else part)
    return parts
