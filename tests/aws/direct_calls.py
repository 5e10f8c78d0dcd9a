"""Answer calls of boto3 directly, by calling moto without the HTTP between them.

A direct call leaves out signature, headers, and two serializations each of request and response.
Calls that fail still go over HTTP, except those for an object that is missing and those with a
condition that does not hold. So do calls in which a test injects a fault or that it answers itself.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, NamedTuple

from botocore.client import BaseClient

from app.services.deadline import remaining_seconds

INDIRECT = "indirect"  # a key of botocore's context of a call
METADATA = {"ResponseMetadata": {"HTTPStatusCode": 200, "RetryAttempts": 0}}
_EVENT = "before-call"  # the general name, whose handlers run after those of a service
_LONGEST_CALL = 15.0  # seconds; a client refuses a call that may end after the deadline


class Response(NamedTuple):
    """The parts of botocore's AWSResponse that are used once it is parsed."""

    content: bytes
    status_code: int = 200
    headers: Mapping[str, str] = MappingProxyType({"ETag": "of no interest"})


Answer = tuple[Response, dict[str, Any]]


@contextmanager
def answered_directly(client: BaseClient, answer: Callable[..., Answer | None]) -> Iterator[None]:
    """Answer the calls of a client within the block, after other handlers have run.

    Args:
        client: The client of boto3.
        answer: Returns the response, or None if the call is to be sent.
    """
    client.meta.events.register_last(_EVENT, answer)
    try:
        yield
    finally:
        client.meta.events.unregister(_EVENT, answer)


def failure(status: int, error: dict[str, str], **members: Any) -> Answer:
    """Return the response that makes the client raise an error.

    Args:
        status: The HTTP status.
        error: The code of the error, its message, and what else S3 says there.
        members: The members of a response that this error alone has.
    """
    metadata = {"HTTPStatusCode": status, "RetryAttempts": 0}
    return Response(b"", status), {"Error": error, "ResponseMetadata": metadata} | members


def call_over_http(context: dict[str, Any], **_: Any) -> None:
    """Send a call over HTTP: a handler of the event `before-parameter-build`."""
    context[INDIRECT] = True


def is_sent(context: dict[str, Any]) -> bool:
    """Return whether a call goes over HTTP, also because it may be refused at its deadline."""
    remaining = remaining_seconds()
    is_late = remaining is not None and remaining < _LONGEST_CALL
    return is_late or INDIRECT in context
