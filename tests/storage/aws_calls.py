"""Record AWS calls, and give answers that moto never gives."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError

from app.storage.aws.client_factory import Clients
from tests.aws.direct_calls import call_over_http

REQUEST_ID = "4442587FB7D0A2F9"  # AWS's id of the request

# Returns the answer to one attempt, raises a network error, or returns None to let moto answer.
Answer = Callable[[], AWSResponse | None]


@dataclass
class AwsCalls:
    """Every call in order: (operation, parameters)."""

    made: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """How often each operation was called; a botocore retry is no new call."""
        return dict(Counter(operation for operation, _ in self.made))


@contextmanager
def recorded(clients: Clients) -> Iterator[AwsCalls]:
    """Record the calls that are made within the block."""
    calls = AwsCalls()

    def note(params: dict[str, Any], event_name: str, **_: Any) -> None:
        calls.made.append((event_name.rpartition(".")[2], params))

    with listening(clients, "provide-client-params", note):
        yield calls


@contextmanager
def answered(clients: Clients, operation: str, *answers: Answer) -> Iterator[list[str]]:
    """Answer attempts at `operation` in order, the last answer forever. Yield the attempts."""
    attempts: list[str] = []

    def answer(request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse | None:
        attempts.append(event_name)
        answer = answers[min(len(attempts), len(answers)) - 1]()
        if answer is not None:
            # moto listens too, and answers only requests to addresses of AWS.
            request.url = answer.url
        return answer

    with listening(clients, "before-send", answer, operation):
        yield attempts


@contextmanager
def before_first(clients: Clients, operation: str, other: Callable[[], object]) -> Iterator[None]:
    """Call `other` just before the block's first `operation` is sent."""
    pending = [other]

    def interrupt(**_: Any) -> None:
        if pending:
            pending.pop()()

    with listening(clients, "before-parameter-build", interrupt, operation):
        yield


@contextmanager
def listening(
    clients: Clients, event: str, handler: Callable[..., Any], operation: str | None = None
) -> Iterator[None]:
    """Handle an event of both clients. Calls are sent if the event is that they are."""
    handlers = {event: handler}
    if event == "before-send":
        handlers["before-parameter-build"] = call_over_http
    with ExitStack() as stack:
        for each, handle in handlers.items():
            for client, service in ((clients.s3, "s3"), (clients.dynamodb, "dynamodb")):
                name = f"{each}.{service}" + (f".{operation}" if operation else "")
                client.meta.events.register_first(name, handle)
                stack.callback(client.meta.events.unregister, name, handle)
        yield


def client_error(call: Callable[[], object]) -> tuple[object, ...]:
    """Make a call that fails. Return what the error says, without the metadata of the response."""
    try:
        call()
    except ClientError as error:
        response = {name: error.response[name] for name in error.response}
        status = response.pop("ResponseMetadata")["HTTPStatusCode"]
        return type(error).__name__, error.operation_name, status, response
    raise AssertionError("The call succeeded.")


def left_to_moto() -> None:
    """Let moto answer."""


def raising(error: Exception) -> Answer:
    """Raise a network error in place of an answer."""

    def answer() -> AWSResponse | None:
        raise error

    return answer


def dynamodb_error(code: str, status: int = 400, **more: Any) -> Answer:
    """Return an error of DynamoDB as JSON."""
    body = {
        "__type": f"com.amazonaws.dynamodb.v20120810#{code}",
        "message": "set by a test",
        **more,
    }
    return lambda: _response(status, json.dumps(body), "application/x-amz-json-1.0")


def dynamodb_answer(**body: Any) -> Answer:
    """Return a success of DynamoDB as JSON."""
    return lambda: _response(200, json.dumps(body), "application/x-amz-json-1.0")


def cancelled(*reasons: str) -> Answer:
    """Return a canceled transaction, with a reason for each write."""
    return dynamodb_error(
        "TransactionCanceledException", CancellationReasons=[{"Code": reason} for reason in reasons]
    )


def s3_error(code: str, status: int) -> Answer:
    """Return an error of S3 as XML."""
    return s3_answer(f"<Error><Code>{code}</Code><Message>set by a test</Message></Error>", status)


def s3_answer(xml: str, status: int = 200) -> Answer:
    """Return an answer of S3 with this body."""
    return lambda: _response(
        status, f'<?xml version="1.0" encoding="UTF-8"?>{xml}', "application/xml"
    )


def any_answer(body: str, content_type: str) -> Answer:
    """Return a success with any body."""
    return lambda: _response(200, body, content_type)


class _Body(BytesIO):
    """A body as urllib3 gives it to botocore."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def _response(status: int, body: str, content_type: str) -> AWSResponse:
    headers = HTTPHeaders()
    headers["Content-Type"] = content_type
    headers["x-amzn-RequestId" if "json" in content_type else "x-amz-request-id"] = REQUEST_ID
    return AWSResponse("https://aws.invalid", status, headers, _Body(body.encode()))
