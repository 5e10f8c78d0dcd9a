"""Requests have no checksums that other object stores refuse."""

import hashlib
from base64 import b64encode
from collections.abc import Iterator

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import EndpointConnectionError

from app.domain.errors import StorageUnavailable
from app.storage.aws import client_factory
from app.storage.aws.s3 import S3Store
from tests.backends import BUCKET, REGION, aws_environment

Sent = list[AWSPreparedRequest]


@pytest.fixture
def sent() -> Sent:
    return []


@pytest.fixture
def objects(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Store]:
    """A store that records its requests and cannot be reached."""

    def record(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        sent.append(request)
        raise EndpointConnectionError(endpoint_url="https://store.invalid")

    with aws_environment():
        client = client_factory.create_store_client(REGION, "https://store.invalid")
        client.meta.events.register("before-send.s3", record)
        monkeypatch.setattr("time.sleep", lambda _: None)
        yield S3Store(client, BUCKET, "", encrypt=False)


def test_deletions_have_an_md5(objects: S3Store, sent: Sent) -> None:
    """Stores that require Content-MD5 accept them, and those that know no CRC-32."""
    with pytest.raises(StorageUnavailable):
        objects.delete(["photos/a/320.jpg"])
    body = sent[0].body
    assert isinstance(body, bytes)
    digest = b64encode(hashlib.md5(body, usedforsecurity=False).digest())
    headers = {name.lower(): value for name, value in sent[0].headers.items()}
    assert headers["content-md5"] == digest
    signed = str(headers["authorization"])
    assert "content-md5" in signed
    assert not [name for name in headers if "checksum" in name]
    assert "checksum" not in signed


def test_other_requests_have_no_checksum(objects: S3Store, sent: Sent) -> None:
    """Several stores refuse an unknown header, or a body with a trailer."""
    with pytest.raises(StorageUnavailable):
        objects.put("photos/a/320.jpg", b"body")
    with pytest.raises(StorageUnavailable):
        objects.copy("photos/a/320.jpg", "trash/a/320.jpg")
    assert {request.method for request in sent} == {"PUT"}
    for request in sent:
        headers = {str(name).lower(): value for name, value in request.headers.items()}
        unknown = ("checksum", "trailer", "encryption", "content-encoding")
        assert not [name for name in headers if any(word in name for word in unknown)]
        assert request.url.startswith(f"https://store.invalid/{BUCKET}/")


def test_large_files_are_not_sent_in_chunks(objects: S3Store, sent: Sent) -> None:
    """The body of a file is signed as a whole, or not at all, but has no chunks of its own."""
    with pytest.raises(StorageUnavailable):
        objects.put("photos/a/original.jpg", b"x" * 2**20)
    assert sent[0].headers["Content-Length"] == str(2**20)
