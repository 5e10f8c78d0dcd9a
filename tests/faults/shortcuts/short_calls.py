"""Make calls of DynamoDB shorter, with the same results, where moto is called directly.

botocore finds the endpoint of each call, validates and serializes its parameters, and states its
own name and version. A direct call of moto needs none of these, and they take most of its time.
Contract tests make the same calls with them. Calls that fail, or in which a fault is injected,
still take the whole way: see direct_moto.py.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from botocore.client import BaseClient
from botocore.model import OperationModel

from app.storage.aws.s3 import S3Store
from tests.aws import direct_moto
from tests.backends import Backend
from tests.faults.shortcuts.direct_s3 import direct_s3

_SERVICE = "dynamodb"
_make_whole_call: Any = BaseClient._make_api_call
_Items = dict[str, Any]


@contextmanager
def short_calls() -> Iterator[None]:
    """Shorten the calls of this process within the block. It is inside of `direct_moto`."""
    with mock.patch.object(BaseClient, "_make_api_call", _make_call):
        yield


@contextmanager
def shortened(backend: Backend) -> Iterator[None]:
    """Call moto directly, and DynamoDB by short calls, within the block. Local calls stay."""
    with ExitStack() as stack:
        if isinstance(backend.objects, S3Store):
            stack.enter_context(direct_s3(backend.objects._client))
        if backend.clients:
            stack.enter_context(short_calls())
        yield


def _make_call(client: Any, operation: str, given: _Items) -> _Items:
    if client.meta.service_model.service_name != _SERVICE:
        response: _Items = _make_whole_call(client, operation, given)
        return response
    model = client.meta.service_model.operation_model(operation)
    context: _Items = {"client_region": client.meta.region_name}
    params = client._emit_api_params(given, model, context)
    answer = _answer(client, model, params, context)
    if answer is None:
        return _make_prepared_call(client, operation, params, context)
    http, parsed = answer
    client.meta.events.emit(
        f"after-call.{_SERVICE}.{operation}",
        http_response=http,
        parsed=parsed,
        model=model,
        context=context,
    )
    return parsed


def _answer(client: Any, model: OperationModel, params: _Items, context: _Items) -> Any:
    """Return the response that `direct_moto` gives, or None if the call is to be sent."""
    try:
        body = json.dumps(params)
    except TypeError:  # bytes, which are serialized in base64
        return None
    _handler, answer = client.meta.events.emit_until_response(
        f"before-call.{_SERVICE}.{model.name}",
        model=model,
        params={"body": body, "headers": {}},
        request_signer=None,
        context=context,
    )
    return answer


def _make_prepared_call(client: Any, operation: str, params: _Items, context: _Items) -> _Items:
    """Make a call whose parameters other handlers have seen and changed already."""

    def prepared(api_params: _Items, operation_model: OperationModel, context: _Items) -> _Items:
        context.update(made)
        return api_params

    made = context | {direct_moto.INDIRECT: True}
    with mock.patch.object(client, "_emit_api_params", prepared):
        response: _Items = _make_whole_call(client, operation, params)
        return response
