"""Fault points: calls of the two ports, calls to AWS, system calls and SQL statements."""

import errno
import io
import json
import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError
from moto.core.models import botocore_stubber

from app.domain.errors import StorageRefused, StorageUnavailable
from app.storage.aws.client_factory import Clients
from tests.aws.direct_calls import INDIRECT
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
    """Return the backend with every call of its object store and of its catalogs as a step."""
    return replace(
        backend,
        objects=_Port(backend.objects, injector),
        catalog=_Port(backend.catalog, injector),
        albums=_Port(backend.albums, injector),
    )


def below_ports(backend: Backend, folder: Path, injector: Injector) -> AbstractContextManager[None]:
    """Make every call to AWS a step, or every change of `folder` and every SQL statement."""
    return at_aws(backend.clients, injector) if backend.clients else on_disk(folder, injector)


class _Port:
    def __init__(self, port: object, injector: Injector) -> None:
        self._port = port
        self._injector = injector

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._port, name)
        if name == "url":  # computes a URL and calls nothing
            return real

        def call(*arguments: object, **options: object) -> object:
            return self._injector.around(name, lambda: real(*arguments, **options), self._inject)

        return call

    def _inject(self) -> NoReturn:
        raise (StorageRefused if self._injector.fault.refused else StorageUnavailable)("injected")


@contextmanager
def at_aws(clients: Clients, injector: Injector) -> Iterator[None]:
    """Make every call to AWS a step, whatever its number of attempts. moto answers the others."""
    calls = _AwsCalls(injector)
    sent = [
        (clients.s3.meta.events, "before-send.s3"),
        (clients.dynamodb.meta.events, "before-send.dynamodb"),
    ]
    with listening(clients, "provide-client-params", calls.begin), ExitStack() as stack:
        for events, event in sent:
            events.register_first(event, calls.send)
            stack.callback(events.unregister, event, calls.send)
        yield


@contextmanager
def killing_at_aws(clients: Clients, injector: Injector) -> Iterator[None]:
    """Make every call to an AWS emulator in another process a step that can kill this one."""

    def begin(event_name: str, **_: Any) -> None:
        if injector.is_due(event_name) and not injector.fault.after:
            os.kill(os.getpid(), signal.SIGKILL)

    def end(**_: Any) -> None:
        if injector.injected_at and injector.fault.after:
            os.kill(os.getpid(), signal.SIGKILL)

    with listening(clients, "before-call", begin), listening(clients, "after-call", end):
        yield


class _AwsCalls:
    def __init__(self, injector: Injector) -> None:
        self._injector = injector
        self._is_due = False
        self._attempts = 0
        # Responses by ClientRequestToken, which moto ignores.
        self._done: dict[str, AWSResponse] = {}

    def begin(self, event_name: str, context: dict[str, Any], **_: Any) -> None:
        self._is_due, self._attempts = self._injector.is_due(event_name.rpartition(".")[2]), 0
        if self._is_due:
            context[INDIRECT] = True

    def send(self, request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse | None:
        if not self._is_due:
            return None
        self._attempts += 1
        answer = self._respond(event_name.split(".")[1], lambda: self._effect(request, event_name))
        request.url = answer.url  # botocore calls every listener; moto ignores an unknown URL
        return answer

    def _respond(self, service: str, effect: Callable[[], AWSResponse]) -> AWSResponse:
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
        if token in self._done:  # DynamoDB runs a transaction once per token
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
_SYSTEM_CALLS = ("open", "mkdir", "rmdir", "unlink", "replace", "link", "fsync")


@contextmanager
def on_disk(folder: Path, injector: Injector) -> Iterator[None]:
    """Make every system call that changes `folder` and every SQL statement a step."""
    with pytest.MonkeyPatch.context() as patches:
        for name in _SYSTEM_CALLS:
            patches.setattr(os, name, _counting(getattr(os, name), name, folder, injector))
        patches.setattr(io, "open", _counting(io.open, "open file", folder, injector))
        connect, kind = sqlite3.connect, _connection(injector)

        def connected(path: Any, *arguments: Any, **options: Any) -> sqlite3.Connection:
            ours = Path(path).is_relative_to(folder)
            return connect(path, *arguments, **options | ({"factory": kind} if ours else {}))

        patches.setattr(sqlite3, "connect", connected)
        yield


def _counting(
    real: Callable[..., Any], name: str, folder: Path, injector: Injector
) -> Callable[..., Any]:
    def inject() -> NoReturn:
        number = _ERRNO.get(injector.fault, errno.EIO)
        raise OSError(number, os.strerror(number))

    inside = f"{folder}/"

    def call(place: Any, *arguments: Any, **options: Any) -> Any:
        # Strings, since paths take longer than most of the calls.
        link = f"/proc/self/fd/{place}"
        path = os.readlink(link) if isinstance(place, int) else os.fspath(place)  # noqa: PTH115
        if not f"{path}/".startswith(inside):
            return real(place, *arguments, **options)
        return injector.around(name, lambda: real(place, *arguments, **options), inject)

    return call


def _connection(injector: Injector) -> type[sqlite3.Connection]:
    def inject() -> NoReturn:
        error = sqlite3.OperationalError("injected")
        error.sqlite_errorcode = _SQLITE.get(injector.fault, sqlite3.SQLITE_IOERR)
        raise error

    class Connection(sqlite3.Connection):
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            return injector.around(
                f"SQL {sql[:20]}", lambda: sqlite3.Connection.execute(self, sql, *values), inject
            )

        def executemany(self, sql: str, *values: Any) -> sqlite3.Cursor:
            return injector.around(
                f"SQL {sql[:20]}",
                lambda: sqlite3.Connection.executemany(self, sql, *values),
                inject,
            )

    return Connection
