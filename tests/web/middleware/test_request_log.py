"""The request log has the facts an operator needs, and nothing about visitors.

Covers app.services.upload_trace.
"""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import ReadTimeoutError
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
from app.storage.aws import client_factory
from app.web.middleware import request_log
from tests.backends import BUCKET, REGION, TABLE, Backend, aws_backend, local_backend
from tests.conftest import services_of
from tests.sample_images import jpeg
from tests.server.client import get, post
from tests.server.site import GUNICORN, RunningSite
from tests.storage.aws_calls import REQUEST_ID, answered, dynamodb_error, raising, s3_error
from tests.visitor import Visitor

MEMBERS = [
    *("time", "level", "id", "role", "method", "path", "status", "ms", "bytes"),
    *("aws_calls", "aws_ms"),
]
SECRETS = ("203.0.113.9", "Who-Wrote-This", "never seen", "where from", "a phone")


class Log:
    """The lines on stdout so far."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self._read: list[str] = []

    @property
    def lines(self) -> list[str]:
        self._read += self._capsys.readouterr().out.splitlines()
        return self._read

    @property
    def last(self) -> dict[str, Any]:
        entry: dict[str, Any] = json.loads(self.lines[-1])
        return entry


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, request_log=True)


@pytest.fixture
def backend(tmp_path: Path) -> Backend:
    return local_backend(tmp_path)


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> Log:
    return Log(capsys)


def test_line_has_id_status_time_size_and_calls(log: Log, visitor: Visitor) -> None:
    """The members are in a fixed order, in one line for each request."""
    answer = visitor.get("/?before=01ARZ3NDEKTSV4RRFFQ69G5FAV")
    (line,) = log.lines
    assert "\n" not in line
    assert list(log.last) == MEMBERS
    assert log.last | {"time": "", "id": "", "ms": 0} == {
        "time": "",
        "level": "INFO",
        "id": "",
        "role": "visitor",
        "method": "GET",
        "path": "/",
        "status": 200,
        "ms": 0,
        "bytes": len(answer.data),
        "aws_calls": 0,
        "aws_ms": 0,
    }
    assert log.last["ms"] > 0


@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=10-14"}])
def test_server_sends_files_itself(log: Log, visitor: Visitor, headers: dict[str, str]) -> None:
    """The log does not wrap a photo or a part of it, and names its size."""
    path = f"/media/{object_keys.original(visitor.add(), 'image/jpeg')}"
    environ = create_environ(path, headers=headers) | {"wsgi.file_wrapper": FileWrapper}
    body = visitor.client.application(environ, lambda *_: lambda _: None)
    assert isinstance(body, FileWrapper)
    with closing(body):
        assert log.last["bytes"] == len(b"".join(body))


def test_response_header_has_the_id_of_the_line(log: Log, visitor: Visitor) -> None:
    """X-Request-Id leads from a report to the line; the client cannot choose it."""
    answers = [
        visitor.get(path, headers={"X-Request-Id": "mine"})
        for path in ("/", "/nowhere", "/healthz")
    ]
    ids = [answer.headers.getlist("X-Request-Id")[-1] for answer in answers]
    assert ids == [json.loads(line)["id"] for line in log.lines]
    assert len({*ids, "mine"}) == 4
    assert [json.loads(line)["status"] for line in log.lines] == [200, 404, 200]


def test_log_has_no_personal_data(log: Log, visitor: Visitor) -> None:
    """Address, browser, referrer, query and title do not appear."""
    headers = {
        "X-Forwarded-For": "203.0.113.9",
        "User-Agent": "a phone",
        "Referer": "https://example.org/where from",
    }
    visitor.get("/?q=never seen", headers=headers)
    photo_id = visitor.add(title="Who-Wrote-This", description="never seen", tags="sea")
    visitor.get(f"/photos/{photo_id}", headers=headers)
    assert log.last["path"] == f"/photos/{photo_id}"
    for secret in SECRETS:
        assert secret not in "\n".join(log.lines)


@pytest.mark.parametrize(
    "path", ["/%0A%22fake%22:1", "/" + "x" * 5000, "/%ff%fe", "/\N{WAVE DASH}"]
)
def test_path_cannot_forge_or_flood_a_line(log: Log, visitor: Visitor, path: str) -> None:
    """Any path is one short JSON string in one line."""
    visitor.get(path)
    (line,) = log.lines
    assert list(log.last) == MEMBERS
    assert line.isprintable()
    assert log.last["path"] == "unmatched"


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


@pytest.fixture
def aws() -> Iterator[Backend]:
    with aws_backend(client_factory.create_clients) as backend:
        yield backend


def test_calls_to_aws_are_counted_and_timed(aws: Backend, config: Config, log: Log) -> None:
    """A gallery page is four calls of the clients that the app builds."""
    visitor = Visitor(
        create_app(replace(config, photo_bucket=BUCKET, photo_table=TABLE, aws_region=REGION))
    )
    visitor.get("/")
    assert log.last["aws_calls"] == 4
    assert 0 < log.last["aws_ms"] <= 4 * log.last["ms"]  # four at a time
    visitor.get("/healthz")
    assert (log.last["aws_calls"], log.last["aws_ms"]) == (0, 0)


def test_failed_call_is_counted(aws: Backend, config: Config, log: Log) -> None:
    """A call that AWS rejected takes time too. The page fails with the first of its four calls."""
    assert aws.clients
    aws.clients.dynamodb.delete_table(TableName=f"{TABLE}-listings")
    app = create_app(replace(config, photo_bucket=BUCKET, photo_table=TABLE, aws_region=REGION))
    Visitor(app).get("/")
    assert log.last["status"] == 503
    assert 1 <= log.last["aws_calls"] <= 4


def test_rejected_upload_names_the_stage_that_failed(log: Log, visitor: Visitor) -> None:
    """A file that is not an image fails in `decode`, a title that is too long earlier."""
    for typed, stage in (({}, "decode"), ({"title": "x" * 300}, "text")):
        visitor.upload(b"no picture", **typed).close()
        assert list(log.last) == [*MEMBERS, "stage"]
        assert (log.last["status"], log.last["stage"]) == (422, stage)


@pytest.mark.parametrize(
    ("operation", "code", "stage"),
    [
        ("PutObject", "SlowDown", "objects"),
        ("Query", "ThrottlingException", "catalog"),
        ("TransactWriteItems", "InternalServerError", "catalog"),
    ],
)
def test_failed_upload_names_photo_stage_and_call(
    aws: Backend, config: Config, log: Log, operation: str, code: str, stage: str
) -> None:
    """The line has the facts AWS support asks for: operation, error and request id."""
    assert aws.clients
    for client in (aws.clients.s3, aws.clients.dynamodb):
        request_log.count_calls(client.meta.events)
    visitor = Visitor(create_app(config, services_of(aws, config)))
    failing = s3_error(code, 503) if operation == "PutObject" else dynamodb_error(code, 500)
    with answered(aws.clients, operation, failing), mock.patch("time.sleep"):
        visitor.upload(jpeg(160, 120), title="Who-Wrote-This").close()
    assert log.last["status"] == 503
    assert (log.last["stage"], log.last["aws_error"]) == (stage, f"{operation} {code}")
    assert log.last["aws_request"] == REQUEST_ID
    assert len(log.last.get("photos", [])) == (operation != "Query")
    assert "Who-Wrote-This" not in log.lines[-1]


def test_upload_names_its_photos(log: Log, visitor: Visitor) -> None:
    """A published upload has no failed stage."""
    answer = visitor.upload(jpeg(160, 120))
    answer.close()
    assert list(log.last) == [*MEMBERS, "photos"]
    assert log.last["photos"] == [answer.location.rpartition("/")[2]]
    visitor.upload(*[jpeg(40 + n, 30) for n in range(25)]).close()
    assert len(log.last["photos"]) == 20


def test_failed_page_names_the_call(aws: Backend, config: Config, log: Log) -> None:
    """A call that failed without failing the page is not named."""
    assert aws.clients
    aws.clients.dynamodb.delete_table(TableName=f"{TABLE}-listings")
    visitor = Visitor(
        create_app(replace(config, photo_bucket=BUCKET, photo_table=TABLE, aws_region=REGION))
    )
    visitor.get("/")
    assert log.last["aws_error"] == "Query ResourceNotFoundException"
    assert list(log.last) == [*MEMBERS, "aws_error", "aws_request"]
    visitor.get("/photos/01ARZ3NDEKTSV4RRFFQ69G5FAV")
    assert list(log.last) == MEMBERS


def test_call_without_a_response_is_named_by_its_exception(
    aws: Backend, config: Config, log: Log
) -> None:
    """AWS has no request id for it."""
    assert aws.clients
    for client in (aws.clients.s3, aws.clients.dynamodb):
        request_log.count_calls(client.meta.events)
    visitor = Visitor(create_app(config, services_of(aws, config)))
    timeout = raising(ReadTimeoutError(endpoint_url="https://aws.invalid"))
    with answered(aws.clients, "Query", timeout), mock.patch("time.sleep"):
        visitor.get("/")
    assert log.last["aws_error"] == "Query ReadTimeoutError"
    assert "aws_request" not in log.last


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


def test_calls_of_other_threads_count_towards_the_request(
    aws: Backend, config: Config, log: Log
) -> None:
    """Threads that store objects share the record of the upload.

    One of the calls reads the generation of the contributor's cookie.
    """
    assert aws.clients
    for client in (aws.clients.s3, aws.clients.dynamodb):
        request_log.count_calls(client.meta.events)
    Visitor(create_app(config, services_of(aws, config))).upload(jpeg(), tags="sea, hill").close()
    assert (log.last["method"], log.last["status"], log.last["aws_calls"]) == ("POST", 303, 15)


@pytest.mark.parametrize("module", ["app", GUNICORN])
def test_both_servers_write_the_lines_to_stdout(tmp_path: Path, module: str) -> None:
    """REQUEST_LOG=yes, as in the systemd unit, writes one line of JSON for each request."""
    with RunningSite(tmp_path, module, REQUEST_LOG="yes") as site:
        get(site.url)
        assert post(site.url, jpeg(300, 200), title="Who-Wrote-This")[0] == 201
    entries = [json.loads(line) for line in site.lines if line.startswith("{")]
    # A line is written after its response, so the second request may end first.
    assert sorted((entry["method"], entry["path"], entry["status"]) for entry in entries) == [
        ("GET", "/", 200),
        ("POST", "/upload", 201),
    ]
    assert "127.0.0.1" not in "".join(
        line for line in site.lines if not line.startswith("Shoebox is at")
    )


def test_nothing_is_logged_by_default(tmp_path: Path) -> None:
    """`make run` prints its address and how it decodes photos, even if it ends at once."""
    with RunningSite(tmp_path) as site:
        get(site.url)
    expected = re.compile(r"Shoebox is at|\S+Z INFO app\.imaging\.")
    assert [line for line in site.lines if not expected.match(line)] == []
