"""Call moto's S3 directly, with the same results: to read, write, copy, delete and list objects.

direct_calls.py says which calls go over HTTP. So do those with headers that this module ignores.
"""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from botocore.model import OperationModel
from botocore.response import StreamingBody
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.exceptions import ServiceException
from moto.s3.models import FakeKey, S3Backend, s3_backends
from moto.s3.responses import DEFAULT_REGION_NAME
from moto.s3.utils import metadata_from_headers
from moto.settings import get_s3_default_max_keys

from tests.aws.direct_calls import (
    METADATA,
    Answer,
    Response,
    answered_directly,
    failure,
    is_sent,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_ENCRYPTION = "x-amz-server-side-encryption"
_HEADERS = {
    "cache-control",
    "content-disposition",
    "content-type",
    "expect",
    "user-agent",
    "x-amz-checksum-mode",
    "x-amz-copy-source",
    "x-amz-metadata-directive",
    _ENCRYPTION,
}
_PARAMETERS = {"encoding-type", "prefix"}
_MEMBERS = {
    "content-type": "ContentType",
    "content-disposition": "ContentDisposition",
    "cache-control": "CacheControl",
    _ENCRYPTION: "ServerSideEncryption",
}
_BODIES = {
    "CopyObject": b"<CopyObjectResult/>",
    "DeleteObjects": b"<DeleteResult/>",
    "ListObjectsV2": b"<ListBucketResult/>",
}


_Params = dict[str, Any]
_Result = dict[str, Any] | None


class _NotFoundError(Exception):
    """There is no object with this key."""


def direct_s3(client: "S3Client") -> AbstractContextManager[None]:
    """Answer calls of this process directly within the block."""
    return answered_directly(client, call_moto)


def call_moto(
    model: OperationModel, params: _Params, context: dict[str, Any], **_: Any
) -> Answer | None:
    """Return the response, or None if the call is to be sent. No call that fails has an effect."""
    call = _CALLS.get(model.name)
    if call is None or is_sent(context) or not _is_known(params):
        return None
    bucket, _slash, key = unquote(params["auth_path"]).lstrip("/").partition("/")
    backend: S3Backend = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
    try:
        result = call(backend, bucket, key, params)
    except _NotFoundError as error:
        return _not_found(model.name, str(error))
    except ServiceException:
        return None
    if result is None:
        return None
    return Response(_BODIES.get(model.name, b"")), result | METADATA


def _not_found(operation: str, key: str) -> Answer:
    """Return the response for a missing object. That to HEAD has no body."""
    if operation == "HeadObject":
        return failure(404, {"Code": "404", "Message": "Not Found"})
    message = "The specified key does not exist."
    return failure(404, {"Code": "NoSuchKey", "Message": message, "Key": key})


def _is_known(params: _Params) -> bool:
    """Return whether the calls below support each header and each parameter."""
    headers = {name.lower() for name in params["headers"].keys()}  # noqa: SIM118  HTTPHeaders
    return headers <= _HEADERS and {*params["query_string"]} <= _PARAMETERS


def _create(backend: S3Backend, bucket: str, _key: str, params: _Params) -> _Result:
    if params["body"]:  # names another region
        return None
    backend.create_bucket(bucket, DEFAULT_REGION_NAME)
    return {}


def _put(backend: S3Backend, bucket: str, key: str, params: _Params) -> _Result:
    body = params["body"] if isinstance(params["body"], bytes) else params["body"].read()
    headers = params["headers"]
    stored = backend.put_object(
        bucket, key, body, storage="STANDARD", encryption=headers.get(_ENCRYPTION)
    )
    stored.set_metadata(metadata_from_headers(headers))
    stored.set_acl(backend.buckets[bucket].acl)
    return {}


def _copy(backend: S3Backend, bucket: str, key: str, params: _Params) -> _Result:
    headers = params["headers"]
    source = unquote(headers["x-amz-copy-source"]).lstrip("/").partition("/")[2]
    backend.copy_object(
        _found(backend, bucket, source),
        bucket,
        key,
        encryption=headers.get(_ENCRYPTION),
        mdirective=headers["x-amz-metadata-directive"],
        metadata=metadata_from_headers(headers),
    )
    _found(backend, bucket, key).set_acl(backend.buckets[bucket].acl)
    return {}


def _get(backend: S3Backend, bucket: str, key: str, _params: _Params) -> _Result:
    found = _found(backend, bucket, key)
    body = StreamingBody(BytesIO(found.value), found.size)
    return {"Body": body} | _facts_of(found)


def _head(backend: S3Backend, bucket: str, key: str, _params: _Params) -> _Result:
    return _facts_of(_found(backend, bucket, key))


def _delete(backend: S3Backend, bucket: str, _key: str, params: _Params) -> _Result:
    keys = re.findall(r"<Key>([^<&]+)</Key>", params["body"].decode())
    if len(keys) != params["body"].count(b"<Object>"):
        return None
    backend.delete_objects(bucket, [{"Key": key} for key in keys])
    return {}


def _list(backend: S3Backend, bucket: str, _key: str, params: _Params) -> _Result:
    keys = backend.get_bucket(bucket).keys
    if len(keys) > get_s3_default_max_keys():
        return None
    prefix = params["query_string"]["prefix"]
    listed = [keys[name] for name in sorted(keys) if name.startswith(prefix)]
    return {"Contents": [{"Key": key.name, "Size": key.size} for key in listed]}


def _facts_of(found: FakeKey) -> dict[str, Any]:
    """Return the members of a response that tests look at."""
    headers = {**found.metadata, **found.response_dict}
    stated = {name: headers[header] for header, name in _MEMBERS.items() if header in headers}
    return {"ContentLength": found.size} | stated


def _found(backend: S3Backend, bucket: str, key: str) -> FakeKey:
    found = backend.get_object(bucket, key)
    if found is None:
        raise _NotFoundError(key)
    return found


_CALLS: dict[str, Callable[[S3Backend, str, str, _Params], _Result]] = {
    "CreateBucket": _create,
    "PutObject": _put,
    "CopyObject": _copy,
    "GetObject": _get,
    "HeadObject": _head,
    "DeleteObjects": _delete,
    "ListObjectsV2": _list,
}
