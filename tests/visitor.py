"""A visitor with a browser of their own: follows the forms as a person does."""

import re
from html import unescape
from io import BytesIO
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.pictures import jpeg

JSON = {"Accept": "application/json", "X-Requested-With": "test"}


class Visitor:
    """One browser: its cookies, and how a person gets through the forms."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, **options)

    def fields(self, path: str) -> dict[str, str]:
        """The hidden fields of the form that `path` shows."""
        tags = re.findall(r"<input[^>]*>", self.get(path).text)
        hidden = [dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in tags if 'type="hidden"' in tag]
        return {field["name"]: unescape(field["value"]) for field in hidden}

    def submit(self, path: str, **typed: Any) -> TestResponse:
        """Fill in the form at `path` and send it back there."""
        return self.client.post(path, data=self.fields(path) | typed)

    def upload(self, *bodies: bytes, names: tuple[str, ...] = (), **typed: Any) -> TestResponse:
        """Upload files through the form."""
        named = [(BytesIO(body), names[i] if names else f"IMG_{i}.jpg") for i, body in enumerate(bodies)]
        return self.submit("/upload", photo=named, **typed)

    def add(self, **typed: Any) -> str:
        """Upload one photo and give its id."""
        response = self.upload(jpeg(160, 120), **typed)
        assert response.status_code == 303, response.text
        return response.location.rpartition("/")[2]

    def upload_json(self, *bodies: bytes, **typed: Any) -> TestResponse:
        """Upload files as a script does."""
        named = [(BytesIO(body), f"IMG_{i}.jpg") for i, body in enumerate(bodies)]
        return self.client.post("/upload", data={"photo": named} | typed, headers=JSON)
