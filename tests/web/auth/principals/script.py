"""A script that sends an access token, and nothing else that a browser would send."""

from io import BytesIO
from itertools import count
from typing import Any

from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from app.domain.photo_summary import Role
from app.services.factory import Services
from tests.sample_images import jpeg

names = count()


class Script:
    """A client without cookies and without the forms of the site."""

    def __init__(self, app: Flask, secret: str) -> None:
        self.secret = secret
        self.client = app.test_client(use_cookies=False)

    @classmethod
    def with_token(
        cls, app: Flask, services: Services, role: Role, album_id: str | None = None
    ) -> "Script":
        """Return a script with a new token."""
        secret, _token = services.tokens.create(f"Script {next(names)}", role, album_id, None)
        return cls(app, secret)

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers=self._headers(headers), buffered=True)

    def post(self, path: str, fields: dict[str, Any], **headers: str) -> TestResponse:
        return self.client.post(
            path,
            data=fields,
            headers=self._headers(headers),
            content_type="multipart/form-data",
            buffered=True,
        )

    def upload(self, body: bytes | None = None, path: str = "/upload", **fields: str) -> Any:
        """Add a photo, and return the answer."""
        photo = FileStorage(BytesIO(body or jpeg(160, 120)), "IMG.jpg")
        return self.post(path, {"photo": photo, "add_duplicates": "1"} | fields)

    def add(self, **fields: str) -> str:
        """Add a photo, and return its id."""
        response = self.upload(**fields)
        assert response.status_code == 201, response.text
        return str(response.json["photos"][0]["photo_id"])

    def photo_ids(self, path: str = "/uploads") -> list[str]:
        """Return the own photos, newest first."""
        return [photo["photo_id"] for photo in self.get(path).json["photos"]]

    def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.secret}",
            "Accept": "application/json",
        } | headers
