"""A line has the number of bytes that were sent, also of files.

Covers app.web.middleware.request_log.
"""

import json
from contextlib import closing

import pytest
from gunicorn.http.wsgi import FileWrapper as GunicornFileWrapper
from waitress.buffers import ReadOnlyFileBasedBuffer
from werkzeug.routing import Map
from werkzeug.test import TestResponse, create_environ, run_wsgi_app
from werkzeug.wrappers import Response
from werkzeug.wsgi import FileWrapper

from app import create_app
from app.config import Config
from app.domain import object_keys
from app.domain.photo_summary import Role
from app.services.photo_service import PhotoService
from app.web.middleware import request_log
from tests.backends import Backend
from tests.conftest import services_of
from tests.visitor import Visitor
from tests.web.middleware.request_log.log_lines import Log


@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=10-14"}])
def test_server_sends_files_itself(log: Log, visitor: Visitor, headers: dict[str, str]) -> None:
    """The log does not wrap a photo or a part of it, and names its size."""
    path = f"/media/{object_keys.original(visitor.add(), 'image/jpeg')}"
    environ = create_environ(path, headers=headers) | {"wsgi.file_wrapper": FileWrapper}
    body = visitor.client.application(environ, lambda *_: lambda _: None)
    assert isinstance(body, FileWrapper)
    with closing(body):
        assert log.last["bytes"] == len(b"".join(body))


def test_bytes_of_a_file_are_counted(log: Log, visitor: Visitor) -> None:
    """The bytes of a response from a file are counted, and the file is closed."""
    stylesheet = next(part for part in visitor.get("/").text.split('"') if part.endswith(".css"))
    answer = visitor.get(stylesheet)
    assert log.last["bytes"] == len(answer.data) > 100


def test_aborted_response_is_logged_with_the_bytes_sent() -> None:
    """The line is written and the response is closed when the server closes the iterator."""
    lines: list[str] = []
    whole = Response(iter([b"part", b"part", b"part"]))
    closed: list[bool] = []
    whole.call_on_close(lambda: closed.append(True))
    answer = iter(
        run_wsgi_app(request_log.RequestLog(whole, Map(), lines.append), create_environ())[0]
    )
    assert next(answer) == b"part"
    assert lines == []
    answer.close()  # type: ignore[attr-defined]
    assert json.loads(lines[0])["bytes"] == len(b"part")
    assert closed == [True]


FILE_WRAPPERS = [GunicornFileWrapper, ReadOnlyFileBasedBuffer]  # of gunicorn and waitress


def begin_download(visitor: Visitor, service: PhotoService, wrapper: type) -> TestResponse:
    """Ask a server with a file wrapper for the original of a hidden photo, and do not read it."""
    photo = service.hide(visitor.add(), Role.CONTRIBUTOR)
    environ = {"wsgi.file_wrapper": wrapper}
    path = f"/photos/{photo.photo_id}/files/original.jpg"
    return visitor.client.get(path, environ_overrides=environ)


def logged(answer: TestResponse) -> str:
    """Return the path of a file in the log."""
    return answer.request.path.replace("original.jpg", "<name>")


@pytest.mark.parametrize("wrapper", FILE_WRAPPERS)
def test_hidden_photo_in_a_folder_is_logged_with_its_size(
    log: Log, visitor: Visitor, service: PhotoService, wrapper: type
) -> None:
    """The server sends the file itself. The response has no Content-Length."""
    with begin_download(visitor, service, wrapper) as answer:
        assert (log.last["path"], log.last["status"]) == (logged(answer), 200)
        assert log.last["bytes"] == len(answer.data) > 0


@pytest.mark.parametrize("wrapper", FILE_WRAPPERS)
def test_hidden_photo_in_s3_is_logged_when_it_was_read(
    aws: Backend, config: Config, log: Log, wrapper: type
) -> None:
    """The thread of the request reads it, so the line has its bytes, its time and its errors."""
    services = services_of(aws, config)
    visitor = Visitor(create_app(config, services))
    with begin_download(visitor, services.photos, wrapper) as answer:
        assert log.last["path"] != logged(answer)
        size = len(answer.data)
    assert (log.last["path"], log.last["bytes"]) == (logged(answer), size)
    assert size > 0
