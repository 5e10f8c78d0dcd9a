"""Files that are too large, or whose name is no text, are refused."""

from io import BytesIO

import pytest

from tests.backends import Backend
from tests.sample_images import jpeg, png
from tests.visitor import JSON, Visitor


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_a_file_name_that_is_no_text_is_said(
    visitor: Visitor, backend: Backend, accept: str
) -> None:
    """A file name that is not UTF-8 is a 400 with a message."""
    body = (
        b'--b\r\nContent-Disposition: form-data; name="photo"; filename="caf\xe9.jpg"\r\n\r\n'
        + jpeg()
        + b"\r\n--b--"
    )
    answer = visitor.client.post(
        "/upload",
        data=body,
        content_type="multipart/form-data; boundary=b",
        headers=JSON | {"Accept": accept},
    )
    assert answer.status_code == 400
    assert "rename the file" in answer.text
    assert list(backend.catalog.photos()) == []


def test_a_photo_too_large_is_refused_by_name(visitor: Visitor, backend: Backend) -> None:
    """A file above MAX_UPLOAD_MB is a 413 that names it and the limit."""
    answer = visitor.upload(jpeg() + bytes(2 * 2**20), names=("huge.jpg",))
    assert answer.status_code == 413
    assert "huge.jpg" in answer.text
    assert "2\u00a0MB" in answer.text
    assert list(backend.objects.list("")) == []


def test_too_many_pixels_are_refused(visitor: Visitor) -> None:
    """An image above MAX_PIXELS is a 413."""
    assert visitor.upload(png(3200, 3200)).status_code == 413


def test_a_form_too_large_is_refused(visitor: Visitor) -> None:
    """A form above MAX_REQUEST_MB is a 413 that says what to do."""
    answer = visitor.post("/upload", {"photo": (BytesIO(bytes(21 * 2**20)), "a.jpg")})
    assert answer.status_code == 413
    assert "fewer or smaller" in answer.text
