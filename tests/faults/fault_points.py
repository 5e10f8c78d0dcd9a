"""Where a home can fail: at every call of its two ports, at every call to AWS, at every touch of the disk."""

import errno
import io
import json
import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn
from unittest import mock

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError
from moto.core.models import botocore_stubber

from app.domain.errors import StorageRefused, StorageUnavailable
from app.storage.aws.client_factory import Clients
from tests.backends import Backend
from tests.faults.injection import (
    BEFORE,
    DENIED,
    FULL,
    GONE,
    LOST_ONCE,
    THROTTLED,
    TIMEOUT,
    Fault,
    Injector,
)
from tests.storage.aws_calls import dynamodb_error, listening, s3_error

URL = "https://aws.invalid"


def at_ports(backend: Backend, injector: Injector) -> Backend:
    """The same home, every call of its object store and its catalog a step."""
    return replace(
        backend, objects=_Port(backend.objects, injector), catalog=_Port(backend.catalog, injector)
    )


class _Port:
    def __init__(self, port: object, injector: Injector) -> None:
        self._port = port
        self._injector = injector

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._port, name)
        if name == "url":  # says where an object is and asks nobody
            return real

        def call(*arguments: object, **options: object) -> object:
            return self._injector.around(name, lambda: real(*arguments, **options), self._strike)

        return call

    def _strike(self) -> NoReturn:
        raise (StorageRefused if self._injector.fault.refused else StorageUnavailable)("injected")


@contextmanager
def at_aws(clients: Clients, injector: Injector) -> Iterator[None]:
    """Every call to AWS is a step, however often botocore tries it; moto answers those that nothing strikes."""
    calls = _AwsCalls(injector)
    with (
        listening(clients, "provide-client-params", calls.begin),
        listening(clients, "before-send", calls.send),
    ):
        yield


@contextmanager
def killing_at_aws(clients: Clients, injector: Injector) -> Iterator[None]:
    """Every call to an AWS in another process is a step, at which this process may be killed."""

    def begin(event_name: str, **_: Any) -> None:
        if injector.strikes(event_name) and not injector.fault.after:
            os.kill(os.getpid(), signal.SIGKILL)

    def end(**_: Any) -> None:
        if injector.struck and injector.fault.after:
            os.kill(os.getpid(), signal.SIGKILL)

    with listening(clients, "before-call", begin), listening(clients, "after-call", end):
        yield


class _AwsCalls:
    def __init__(self, injector: Injector) -> None:
        self._injector = injector
        self._struck = False
        self._attempts = 0
        self._done: dict[
            str, AWSResponse
        ] = {}  # by the client's request token, which moto does not know

    def begin(self, event_name: str, **_: Any) -> None:
        self._struck, self._attempts = self._injector.strikes(event_name.rpartition(".")[2]), 0

    def send(self, request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse | None:
        if not self._struck:
            return None
        self._attempts += 1
        answer = self._instead(event_name.split(".")[1], lambda: self._effect(request, event_name))
        request.url = (
            answer.url
        )  # botocore asks every listener; nobody's address keeps moto from answering too
        return answer

    def _instead(self, service: str, effect: Callable[[], AWSResponse]) -> AWSResponse:
        fault = self._injector.fault
        if fault.after:
            answer = effect()
            if fault is LOST_ONCE and self._attempts > 1:
                return AWSResponse(URL, answer.status_code, answer.headers, answer.raw)
            raise ConnectionClosedError(endpoint_url=URL)
        if fault is TIMEOUT:
            raise ReadTimeoutError(endpoint_url=URL)
        if fault is GONE:
            raise EndpointConnectionError(endpoint_url=URL)
        answered = _answers(fault, service)()
        assert answered
        return answered

    def _effect(self, request: AWSPreparedRequest, event_name: str) -> AWSResponse:
        token = _token(request) if event_name.endswith("TransactWriteItems") else ""
        if token in self._done:  # DynamoDB does a transaction once, however often it is sent
            return self._done[token]
        answer = botocore_stubber(event_name, request)
        assert answer
        if token:
            self._done[token] = answer
        return answer


def _token(request: AWSPreparedRequest) -> str:
    token: str = json.loads(request.body or "")["ClientRequestToken"]
    return token


def _answers(fault: Fault, service: str) -> Callable[[], AWSResponse | None]:
    if service == "s3":
        return s3_error(
            *{
                BEFORE: ("InternalError", 500),
                THROTTLED: ("SlowDown", 503),
                DENIED: ("AccessDenied", 403),
            }[fault]
        )
    codes = {BEFORE: ("InternalServerError", 500), THROTTLED: ("ThrottlingException", 400)}
    return dynamodb_error(*codes.get(fault, ("AccessDeniedException", 400)))


_ERRNO = {
    TIMEOUT: errno.ETIMEDOUT,
    THROTTLED: errno.EAGAIN,
    DENIED: errno.EACCES,
    FULL: errno.ENOSPC,
}
_SQLITE = {
    TIMEOUT: sqlite3.SQLITE_PROTOCOL,
    THROTTLED: sqlite3.SQLITE_BUSY,
    DENIED: sqlite3.SQLITE_READONLY,
    FULL: sqlite3.SQLITE_FULL,
}
_TOUCHES = ("open", "mkdir", "rmdir", "unlink", "replace", "link", "fsync")


@contextmanager
def on_disk(folder: Path, injector: Injector) -> Iterator[None]:
    """Every system call that opens or changes something in `folder` is a step, and every statement of SQLite's."""
    with ExitStack() as patches:
        for name in _TOUCHES:
            patches.enter_context(
                mock.patch.object(os, name, _touching(getattr(os, name), name, folder, injector))
            )
        patches.enter_context(
            mock.patch.object(io, "open", _touching(io.open, "open file", folder, injector))
        )
        connect, kind = sqlite3.connect, _connection(injector)

        def connected(path: Any, *arguments: Any, **options: Any) -> sqlite3.Connection:
            ours = Path(path).is_relative_to(folder)
            return connect(path, *arguments, **options | ({"factory": kind} if ours else {}))

        patches.enter_context(mock.patch.object(sqlite3, "connect", connected))
        yield


def _touching(
    real: Callable[..., Any], name: str, folder: Path, injector: Injector
) -> Callable[..., Any]:
    def strike() -> NoReturn:
        number = _ERRNO.get(injector.fault, errno.EIO)
        raise OSError(number, os.strerror(number))

    def call(place: Any, *arguments: Any, **options: Any) -> Any:
        path = Path(f"/proc/self/fd/{place}").readlink() if isinstance(place, int) else Path(place)
        if not path.is_relative_to(folder):
            return real(place, *arguments, **options)
        return injector.around(name, lambda: real(place, *arguments, **options), strike)

    return call


def _connection(injector: Injector) -> type[sqlite3.Connection]:
    def strike() -> NoReturn:
        error = sqlite3.OperationalError("injected")
        error.sqlite_errorcode = _SQLITE.get(injector.fault, sqlite3.SQLITE_IOERR)
        raise error

    class Connection(sqlite3.Connection):
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            return injector.around(
                f"SQL {sql[:20]}", lambda: sqlite3.Connection.execute(self, sql, *values), strike
            )

        def executemany(self, sql: str, *values: Any) -> sqlite3.Cursor:
            return injector.around(
                f"SQL {sql[:20]}",
                lambda: sqlite3.Connection.executemany(self, sql, *values),
                strike,
            )

    return Connection
