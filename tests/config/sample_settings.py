"""Settings of the backends, and a function that sets them."""

import pytest

AWS = {
    "PHOTO_BUCKET": "my-photos",
    "PHOTO_TABLE": "photos",
    "AWS_REGION": "ap-northeast-2",
    "SECRET_KEY": "sixteen letters or more",
}

STORE = {
    "PHOTO_BUCKET": "my-photos",
    "AWS_REGION": "auto",
    "AWS_ENDPOINT_URL_S3": "https://store.example.org",
}


def set_all(monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]) -> None:
    """Set the environment variables of `settings` until the end of the test."""
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
