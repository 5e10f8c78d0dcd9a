"""Write one line of JSON for each request, without addresses and without texts of visitors.

    {"time":"2026-11-30T09:41:07.123Z","level":"INFO","id":"9f86d081884c7d65","role":"visitor",
     "method":"GET","path":"/","status":200,"ms":12.3,"bytes":8123,"aws_calls":1,"aws_ms":6.1}

`time` is the end of the request in UTC. `level` is ERROR if the site failed. `role` is that of the
visitor. `path` is the rule of the route with the ids of photos and albums. `id` is also the
response header X-Request-Id. `bytes` is the size of the body as sent. `aws_ms` is the sum of all
calls to AWS, some of which run in parallel. An upload also has `photos`, the ids of its photos. A
failed upload has `stage`, the stage that failed. If a call to AWS was the cause, `aws_error` names
it, and `aws_request` is AWS's own id of the request. A request with an access token has `token`,
the short id of the token.
"""

import json
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from werkzeug.routing import Map
from werkzeug.wsgi import ClosingIterator, get_path_info

from app.services.upload_trace import UploadTrace, start_trace
from app.web.operations.log_fields import RANKS, ActorRole, timestamp
from app.web.operations.log_path import match_path

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

WriteLine = Callable[[str], None]

HEADER = "X-Request-Id"
_MAX_PHOTOS = 20  # photo ids in one line


class BotoEvents(Protocol):
    """The part of a boto3 client's `meta.events` that `count_calls` needs."""

    def register(self, event_name: str, handler: Callable[..., Any]) -> None:
        """Call `handler` with keyword arguments at every event of this name."""


@dataclass(slots=True)
class _Record:
    """The log line of one request."""

    method: str
    path: str
    routes: Map
    role: ActorRole = ActorRole.VISITOR
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    started_at: float = field(default_factory=time.perf_counter)
    status: int = 0
    content_length: int = 0  # as the response header says
    bytes_sent: int = 0
    aws_calls: list[float] = field(default_factory=list)  # the duration of each, in milliseconds
    token: str = ""  # the id of an access token
    aws_failure: dict[str, str] = field(default_factory=dict)  # the last call that failed
    upload: UploadTrace = field(default_factory=UploadTrace)

    def to_json(self) -> str:
        members: dict[str, object] = {
            "time": timestamp(time.time()),
            "level": "ERROR" if self.status >= 500 else "INFO",
            "id": self.id,
            "role": self.role,
            "method": self.method,
            "path": match_path(self.routes, self.method, self.path),
            "status": self.status,
            "ms": _ms_since(self.started_at),
            "bytes": self.bytes_sent,
            "aws_calls": len(self.aws_calls),
            "aws_ms": round(sum(self.aws_calls), 1),
        }
        return json.dumps(members | self._optional_members(), separators=(",", ":"))

    def _optional_members(self) -> dict[str, object]:
        has_failed = self.upload.failed is not None or self.status >= 500
        members: dict[str, object] = {
            "photos": self.upload.photos[:_MAX_PHOTOS],
            "stage": self.upload.failed,
            "token": self.token,
        }
        if has_failed:
            members |= self.aws_failure
        return {name: value for name, value in members.items() if value}


# The threads that store an upload's objects run in a copy of the request's context, so they share
# its record. Appending to a list is atomic.
_record: ContextVar[_Record | None] = ContextVar("record", default=None)


class RequestLog:
    """WSGI middleware around all others: its time is the whole time in this process.

    Args:
        app: The WSGI app.
        routes: Its routes, whose rules are logged in place of paths.
        write: Writes a line. Without it, responses get a request id, but nothing is logged.
    """

    def __init__(self, app: "WSGIApplication", routes: Map, write: WriteLine | None = None) -> None:
        self._app = app
        self._routes = routes
        self._write = write

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer the request; write the line when the server closes the response.

        A file is logged before the server sends it: the server must get its own wrapper (PEP 3333).
        """
        record = _Record(environ["REQUEST_METHOD"], get_path_info(environ), self._routes)
        _record.set(record)
        start_trace(record.upload)
        body = self._app(environ, _wrap_start_response(start_response, record))
        if self._write is None:
            return body
        file_size = _size_of_file(body, environ)
        if file_size is not None:
            record.bytes_sent = record.content_length or file_size
            self._write(record.to_json())
            return body
        return _log_on_close(body, record, self._write)


def current_request_id() -> str | None:
    """Return the id of the current request; None outside of a request."""
    record = _record.get()
    return record.id if record else None


def name_token(token_id: str) -> None:
    """Write the id of an access token into the line of the current request."""
    record = _record.get()
    if record:
        record.token = token_id


def current_role() -> ActorRole:
    """Return the role of the current request's visitor, as far as it is known."""
    record = _record.get()
    return record.role if record else ActorRole.TASK


def note_role(role: ActorRole) -> None:
    """Record a role that the visitor has. The most powerful one of a request counts."""
    record = _record.get()
    if record and RANKS[role] > RANKS[record.role]:
        record.role = role


def current_upload() -> UploadTrace:
    """Return the trace of the current request's upload."""
    record = _record.get()
    return record.upload if record else UploadTrace()


def to_stdout(line: str) -> None:
    """Write the line to stdout, which systemd sends to the journal."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def count_calls(events: BotoEvents) -> None:
    """Count each call of a boto3 client towards the current request, with its retries as one."""
    events.register("before-call", _before_call)
    events.register("after-call", _after_call)
    events.register("after-call-error", _after_call)


def _wrap_start_response(start_response: "StartResponse", record: _Record) -> "StartResponse":
    """Record the status, and add the request id to the response headers (PEP 3333)."""

    def wrapped(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
        record.status = int(status[:3])
        record.content_length = int(dict(headers).get("Content-Length", 0))
        return start_response(status, [*headers, (HEADER, record.id)], *exc_info)

    return wrapped


def _size_of_file(body: Iterable[bytes], environ: "WSGIEnvironment") -> int | None:
    """Return the size of a file that the server sends without a thread of the app.

    None for all other bodies. One of them is a stream from S3, which the thread of the app reads.
    """
    wrapper = environ.get("wsgi.file_wrapper")
    if not (isinstance(wrapper, type) and isinstance(body, wrapper)):
        return None
    file = getattr(body, "filelike", None) or getattr(body, "file", None)  # gunicorn; waitress
    try:
        size: int = os.fstat(file.fileno()).st_size  # type: ignore[union-attr]  # see except
    except (AttributeError, OSError):
        return None
    return size


def _log_on_close(body: Iterable[bytes], record: _Record, write: WriteLine) -> Iterable[bytes]:
    def count(chunk: bytes) -> bytes:
        record.bytes_sent += len(chunk)
        return chunk

    callbacks = [lambda: write(record.to_json())]
    if hasattr(body, "close"):
        callbacks.insert(0, body.close)
    return ClosingIterator(map(count, body), callbacks)


def _before_call(context: dict[str, Any], **_: Any) -> None:
    context["shoebox_started_at"] = time.perf_counter()


def _after_call(context: dict[str, Any], **outcome: Any) -> None:
    record = _record.get()
    started_at = context.get("shoebox_started_at")
    if record is None or started_at is None:
        return
    record.aws_calls.append(_ms_since(started_at))
    record.aws_failure |= _failure(**outcome)


def _failure(
    event_name: str,
    parsed: dict[str, Any] | None = None,
    exception: Exception | None = None,
    **_: Any,
) -> dict[str, str]:
    """Return the operation, its error and AWS's request id; nothing for a call that succeeded."""
    operation = event_name.rpartition(".")[2]
    if exception:
        return {"aws_error": f"{operation} {type(exception).__name__}", "aws_request": ""}
    response = parsed or {}
    metadata = response.get("ResponseMetadata", {})
    if metadata.get("HTTPStatusCode", 200) < 300:
        return {}
    code = response.get("Error", {}).get("Code", "")
    return {"aws_error": f"{operation} {code}", "aws_request": metadata.get("RequestId", "")}


def _ms_since(started_at: float) -> float:
    return round((time.perf_counter() - started_at) * 1000, 1)
