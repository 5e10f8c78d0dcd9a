"""Forms that cannot be parsed are errors, not empty forms."""

from io import BytesIO
from pathlib import Path

import pytest
from werkzeug.formparser import FormDataParser

from tests.backends import Backend, local_backend
from tests.visitor import JSON, Visitor

BODY = (
    b'--x\r\nContent-Disposition: form-data; name="photo"; filename="\xff.jpg"\r\n\r\n'
    b"data\r\n--x--\r\n"
)
HEADERS = JSON | {"Content-Type": "multipart/form-data; boundary=x"}


@pytest.fixture
def backend(tmp_path: Path) -> Backend:
    return local_backend(tmp_path)


def test_file_name_that_is_not_utf_8_is_400(visitor: Visitor) -> None:
    """The message says that the name of the file is the problem."""
    answer = visitor.client.post("/upload", data=BODY, headers=HEADERS)
    assert answer.status_code == 400
    assert "file name" in answer.json["detail"]


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "image/jpeg", None])
def test_a_body_that_is_no_form_changes_nothing_and_is_400(
    visitor: Visitor, content_type: str | None
) -> None:
    """A script must not believe that its fields were saved. The error says how to send them."""
    photo_id = visitor.add(title="Before")
    path = f"/photos/{photo_id}"
    for url in (f"{path}/edit", f"{path}/rotate", "/albums/new", "/upload"):
        answer = visitor.client.post(
            url, data=b'{"title": "After"}', content_type=content_type, headers=JSON
        )
        assert (url, answer.status_code) == (url, 400)
        assert "multipart/form-data" in answer.json["detail"]
    assert visitor.get(path, headers=JSON).json["photo"]["title"] == "Before"
    assert visitor.client.post(f"{path}/hide", data=b"", headers=JSON).status_code == 303


def test_a_chunked_body_that_is_no_form_is_400(visitor: Visitor) -> None:
    """Its length is unknown when the app gets it from gunicorn."""
    path = f"/photos/{visitor.add(title='Before')}"
    headers = JSON | {"Transfer-Encoding": "chunked"}
    for body, status in ((b'{"title": "After"}', 400), (b"", 303)):
        chunked = {"wsgi.input": BytesIO(body), "wsgi.input_terminated": True}
        answer = visitor.client.post(f"{path}/edit", headers=headers, environ_overrides=chunked)
        assert (body, answer.status_code) == (body, status)


def test_full_temporary_folder_is_503(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The visitor is asked to try again later."""

    def fail(*_args: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FormDataParser, "parse", fail)
    answer = visitor.client.post("/upload", data=BODY, headers=HEADERS)
    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
