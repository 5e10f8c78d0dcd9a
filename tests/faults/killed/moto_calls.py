"""Call moto in the test's process from that of the site, without HTTP: see tests/aws.

One thread answers the calls in the order of their connections, one at a time.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from io import BytesIO
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from threading import Event, Thread
from typing import Any, NamedTuple

from botocore.model import OperationModel
from botocore.response import StreamingBody

from app.storage.aws.client_factory import Clients
from tests.aws import direct_dynamodb, direct_s3
from tests.aws.direct_calls import Answer, Response
from tests.backends import REGION

_PARTS = ("auth_path", "body", "headers", "query_string")  # of the parameters of a call
_MOTO: dict[str, Any] = {
    "dynamodb": partial(direct_dynamodb.call_moto, REGION),
    "s3": direct_s3.call_moto,
}
_CALLERS = 32  # more than the threads of a worker that call AWS at once


class _Call(NamedTuple):
    """A call of boto3. It has the name of an operation, as a model of botocore has."""

    service: str
    name: str
    params: dict[str, Any]


@contextmanager
def answering(socket: Path) -> Iterator[str]:
    """Answer the calls of other processes within the block. Yield the address of the socket."""
    address, ended = str(socket), Event()
    listener = Listener(address, backlog=_CALLERS)
    thread = Thread(target=_answer_all, args=(listener, ended), daemon=True)
    thread.start()
    try:
        yield address
    finally:
        ended.set()
        await_answered(address)
        thread.join(timeout=60)
        assert not thread.is_alive()


def await_answered(address: str) -> None:
    """Wait until all calls of a dead process are answered: a later one is answered after them."""
    with Client(address) as connection:
        connection.send(None)
        assert connection.recv() is None


def call_directly(clients: Clients, address: str) -> None:
    """Let the clients ask the process at `address` first. They send what it does not answer."""
    for client in (clients.s3, clients.dynamodb):
        client.meta.events.register_last("before-call", partial(_ask, address))


def _ask(address: str, model: OperationModel, params: dict[str, Any], **_: Any) -> Answer | None:
    parts = {part: params[part] for part in _PARTS if part in params}
    if not isinstance(parts["body"], bytes):
        parts["body"] = _content(parts["body"])
    with Client(address) as connection:
        connection.send(_Call(model.service_model.service_name, model.name, parts))
        answer: tuple[bytes, int, dict[str, Any]] | None = connection.recv()
    if answer is None:
        return None
    content, status, parsed = answer
    if "Body" in parsed:
        parsed["Body"] = StreamingBody(BytesIO(parsed["Body"]), len(parsed["Body"]))
    return Response(content, status), parsed


def _content(body: Any) -> bytes:
    """Return the rest of a file, which stays where it is: the call may be sent afterwards."""
    start = body.tell()
    content: bytes = body.read()
    body.seek(start)
    return content


def _answer_all(listener: Listener, ended: Event) -> None:
    with listener:
        while not ended.is_set():
            # A process that is killed closes its connections.
            with suppress(EOFError, ConnectionError), listener.accept() as connection:
                _answer(connection)


def _answer(connection: "Connection[Any, Any]") -> None:
    call: _Call | None = connection.recv()
    answer: Answer | None = call and _MOTO[call.service](call, call.params, {})
    if answer is None:
        connection.send(None)
        return
    response, parsed = answer
    if "Body" in parsed:
        parsed["Body"] = parsed["Body"].read()
    connection.send((response.content, response.status_code, parsed))
