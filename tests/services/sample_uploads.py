"""The request of an upload, and calls that fail on the way."""

from collections.abc import Callable
from io import BytesIO

import pytest

from app.domain.errors import StorageUnavailable
from app.domain.upload import PhotoText, UploadRequest
from tests.sample_images import jpeg


def upload(
    body: bytes | None = None, *, upload_id: str = "form", tags: str = "sea"
) -> UploadRequest:
    words = PhotoText(title="Dusk", tags=tags)
    return UploadRequest(
        file=BytesIO(body or jpeg()),
        filename="a.jpg",
        text=words.validated(),
        owner="0" * 32,
        upload_id=upload_id,
    )


def nth_call_fails(
    monkeypatch: pytest.MonkeyPatch, part: object, name: str, n: int, *, after: bool = False
) -> None:
    """Make the nth call of a method fail, before or after it takes effect."""
    real: Callable[..., object] = getattr(part, name)
    calls = 0

    def call(*args: object, **options: object) -> object:
        nonlocal calls
        calls += 1
        answer = real(*args, **options) if calls != n or after else None
        if calls == n:
            raise StorageUnavailable("injected")
        return answer

    monkeypatch.setattr(part, name, call)
