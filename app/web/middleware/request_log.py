"""One line of JSON a request, for whoever runs the site. Nothing in it tells who asked, or what they wrote.

    {"id":"9f86d081884c7d65","method":"GET","path":"/","status":200,"ms":12.3,"bytes":8123,"aws_calls":1,"aws_ms":6.1}

`id` is in the answer too, as X-Request-Id. `bytes` are the answer's body; `aws_ms` adds up calls that ran side by side.
An upload has `photos` besides, their ids, and a failed one the `step` that failed; where a call to AWS was the cause,
`aws_error` says which, and `aws_request` is the id by which AWS knows it.
"""

import json
import secrets
import sys
import time
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from werkzeug.wsgi import ClosingIterator, get_path_info

from app.services.upload_trace import UploadTrace, start_trace

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Write = Callable[[str], None]

HEADER = "X-Request-Id"
_LONGEST_PATH = 200  # ours are shorter: what is longer is a prank
_MOST_PHOTOS = 20  # that one line names

# Threads that share a request's context note their calls in one place; appending to a list is safe.
_request: ContextVar["_Request | None"] = ContextVar("request", default=None)


class BotoEvents(Protocol):
    """The part of a boto3 client's `meta.events` that is used here."""

    def register(self, event_name: str, handler: Callable[..., Any]) -> None:
        """Call `handler` with keywords at every such event."""


def count_calls(events: BotoEvents) -> None:
    """Count what a boto3 client is asked for towards the request that asks; a retry is no new call."""
    events.register("before-call", _call_begins)
    events.register("after-call", _call_ends)
    events.register("after-call-error", _call_ends)


def to_stdout(line: str) -> None:
    """Where systemd reads it for the journal."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class RequestLog:
    """WSGI middleware around all others, so that its time is all the time that a visitor waits for this process.

    Without `write` it only gives every answer its id.
    """

    def __init__(self, app: "WSGIApplication", write: Write | None = None) -> None:
        self._app = app
        self._write = write

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer the request; its line is written once the answer is sent, or its reader gone."""
        request = _Request(environ["REQUEST_METHOD"], get_path_info(environ)[:_LONGEST_PATH])
        _request.set(request)
        start_trace(request.trace)
        body = self._app(environ, request.wrap_start_response(start_response))
        return body if self._write is None else _log_on_close(body, request, self._write)


@dataclass(slots=True)
class _Request:
    method: str
    path: str
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    began: float = field(default_factory=time.perf_counter)
    status: int = 0
    sent: int = 0
    calls: list[float] = field(default_factory=list)  # how many milliseconds each call to AWS took
    failed_call: dict[str, str] = field(default_factory=dict)  # the last one
    trace: UploadTrace = field(default_factory=UploadTrace)

    def wrap_start_response(self, start_response: "StartResponse") -> "StartResponse":
        def noted(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            self.status = int(status[:3])
            return start_response(status, [*headers, (HEADER, self.id)], *more)

        return noted

    def counted(self, chunk: bytes) -> bytes:
        self.sent += len(chunk)
        return chunk

    def line(self) -> str:
        members = {
            "id": self.id,
            "method": self.method,
            "path": self.path,
            "status": self.status,
            "ms": _ms_since(self.began),
            "bytes": self.sent,
            "aws_calls": len(self.calls),
            "aws_ms": round(sum(self.calls), 1),
        }
        return json.dumps(members | self._failure(), separators=(",", ":"))

    def _failure(self) -> dict[str, object]:
        """What is only there where there is something to tell."""
        photos, step = self.trace.photos[:_MOST_PHOTOS], self.trace.failed
        call = self.failed_call if step or self.status >= 500 else {}
        return {name: it for name, it in {"photos": photos, "step": step, **call}.items() if it}


def _log_on_close(body: Iterable[bytes], request: _Request, write: Write) -> Iterable[bytes]:
    endings = [body.close] if hasattr(body, "close") else []
    return ClosingIterator(map(request.counted, body), [*endings, lambda: write(request.line())])


def _call_begins(context: dict[str, Any], **_: Any) -> None:
    context["shoebox_began"] = time.perf_counter()


def _call_ends(context: dict[str, Any], **answer: Any) -> None:
    request, began = _request.get(), context.get("shoebox_began")
    if request is not None and began is not None:
        request.calls.append(_ms_since(began))
        request.failed_call |= _failed(**answer)


def _failed(
    event_name: str,
    parsed: dict[str, Any] | None = None,
    exception: Exception | None = None,
    **_: Any,
) -> dict[str, str]:
    """What a call failed with, and AWS's own id of it where AWS answered; nothing of a call that went well."""
    operation = event_name.rpartition(".")[2]
    if exception:
        return {"aws_error": f"{operation} {type(exception).__name__}", "aws_request": ""}
    answered = (parsed or {}).get("ResponseMetadata", {})
    if answered.get("HTTPStatusCode", 200) < 300:
        return {}
    code = (parsed or {}).get("Error", {}).get("Code", "")
    return {"aws_error": f"{operation} {code}", "aws_request": answered.get("RequestId", "")}


def _ms_since(moment: float) -> float:
    return round((time.perf_counter() - moment) * 1000, 1)
