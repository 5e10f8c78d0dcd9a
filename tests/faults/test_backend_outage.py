"""One half of a home is away, refuses, or is held by somebody else: what goes on, and what is said."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.credentials import RefreshableCredentials

from app.storage.aws import client_factory
from app.storage.aws.dynamodb import DynamoCatalog
from app.storage.aws.s3 import S3Store
from app.storage.aws.session_revocations import DynamoSessionRevocations
from app.storage.local import sqlite_database
from tests.backends import BUCKET, REGION, TABLE, Backend
from tests.faults import invariants
from tests.faults.fault_points import at_aws, on_disk
from tests.faults.injection import DENIED, GONE, Fault, Injector
from tests.faults.operations import OPERATIONS
from tests.faults.restartable_site import RestartableSite
from tests.storage.aws.test_clients import metadata_service
from tests.storage.aws_calls import answered, listening, s3_error

PUBLISH = OPERATIONS[0]


@pytest.fixture
def site(tmp_path: Path) -> RestartableSite:
    return RestartableSite(tmp_path / "home")


class Outage(Injector):
    """Strikes every call to one of AWS's services, or every write to a disk."""

    def __init__(self, fault: Fault, *words: str) -> None:
        super().__init__(fault, 0)
        self._words = words

    def is_due(self, step: str) -> bool:
        """Count one step; whether it is one of those."""
        super().is_due(step)
        return step.startswith(self._words)


S3 = (
    "PutObject",
    "GetObject",
    "HeadObject",
    "CopyObject",
    "DeleteObjects",
    "ListObjects",
    "HeadBucket",
)
DYNAMODB = ("GetItem", "PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "Query", "Scan")
WRITES = (
    "open file",
    "mkdir",
    "unlink",
    "rmdir",
    "replace",
    "link",
    "SQL BEGIN",
    "SQL INSERT",
    "SQL UPDATE",
    "SQL DELE",
)


@contextmanager
def away(site: RestartableSite, *calls: str) -> Iterator[None]:
    assert site.backend.clients
    with at_aws(site.backend.clients, Outage(GONE, *calls)):
        yield


def test_reading_goes_on_without_s3(site: RestartableSite, no_pauses: None) -> None:
    """With the bucket away every page is there, an upload is told to try again, and /readyz says which half is down."""
    with site.on("aws"):
        send = PUBLISH.prepare(site, "")
        with away(site, *S3):
            for path in (
                "/",
                "/tags",
                "/tags/sea",
                "/search?q=by",
                f"/photos/{site.other_photo.photo_id}",
                "/feed.xml",
            ):
                assert site.visitor.get(path).status_code == 200, path
            told = send()
            assert (told.status, invariants.BUSY in told.text) == (503, True)
            ready = site.visitor.get("/readyz")
            assert (ready.status_code, ready.json["down"]) == (503, ["objects"])
        assert send().ok
        invariants.assert_repairable(site)


def test_what_needs_no_catalog_goes_on_without_dynamodb(
    site: RestartableSite, no_pauses: None
) -> None:
    """With the tables away pages are 503 in words, photos can still be read, and /readyz says which half is down."""
    with site.on("aws"):
        send = PUBLISH.prepare(site, "")
        with away(site, *DYNAMODB):
            for path in ("/", "/tags", f"/photos/{site.other_photo.photo_id}"):
                page = site.visitor.get(path)
                assert (page.status_code, invariants.BUSY in page.text) == (503, True), path
            for path in ("/upload", "/healthz", "/robots.txt", "/login"):
                assert site.visitor.get(path).status_code in {200, 404}, path
            assert send().status == 503
            assert all(map(site.backend.objects.exists, site.other_photo.object_keys))
            ready = site.visitor.get("/readyz")
            assert (ready.status_code, ready.json["down"]) == (503, ["catalog"])
        assert send().ok
        invariants.assert_repairable(site)


def test_reading_goes_on_on_a_read_only_disk(site: RestartableSite) -> None:
    """Where nothing can be written all pages and photos are there, changes are refused in words, and /readyz is 503."""
    with site.on("local"):
        send = PUBLISH.prepare(site, "")
        site.restart()
        with on_disk(site.folder, Outage(DENIED, *WRITES)):
            paths = (
                "/",
                "/tags/sea",
                f"/photos/{site.other_photo.photo_id}",
                f"/media/{site.other_photo.object_keys[0]}",
            )
            for path in paths:
                assert site.visitor.get(path).status_code == 200, path
            told = send()
            assert (told.status, invariants.REFUSED in told.text.replace("&#39;", "'")) == (
                503,
                True,
            )
            assert PUBLISH.typed in told.text
            assert site.visitor.get("/readyz").status_code == 503
        site.restart()
        assert send().ok
        invariants.assert_repairable(site)


def test_a_catalog_that_somebody_holds(
    site: RestartableSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another program writes for long all pages are there, and who changes something is asked to come again."""
    monkeypatch.setattr(sqlite_database, "_PATIENCE", 0.05)
    with site.on("local"):
        send = PUBLISH.prepare(site, "")
        holder = sqlite3.connect(site.folder / "catalog.sqlite3", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        assert site.visitor.get("/").status_code == 200
        told = send()
        assert (told.status, invariants.BUSY in told.text) == (503, True)
        holder.close()
        assert send().ok
        invariants.assert_repairable(site)


def test_credentials_that_expire_in_mid_upload(site: RestartableSite) -> None:
    """When S3 calls the token expired nothing stays of the upload, and the next try, with new ones, makes the photo."""
    with site.on("aws"):
        send = PUBLISH.prepare(site, "")
        assert site.backend.clients
        answers = (lambda: None, lambda: None, s3_error("ExpiredToken", 400), lambda: None)
        with answered(site.backend.clients, "PutObject", *answers):
            assert send().status == 503
        assert send().ok
        invariants.assert_repairable(site)


def test_credentials_that_rotate_in_mid_upload(
    site: RestartableSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each call takes the newest credentials of the instance's role, and an upload that meets a change goes on."""
    with site.on("aws"):
        for name in (
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
            "AWS_EC2_METADATA_DISABLED",
        ):
            monkeypatch.delenv(name)
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
        monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
        monkeypatch.setattr(
            RefreshableCredentials, "_advisory_refresh_timeout", 7 * 60 * 60
        )  # so each call asks anew
        keys, used = iter(f"AKIA{number}" for number in range(1000)), set[str]()

        def rotate(**_: Any) -> None:
            roles["shoebox"] = {
                "Code": "Success",
                "AccessKeyId": next(keys),
                "SecretAccessKey": "secret",
                "Token": "token",
                "Expiration": (datetime.now(UTC) + timedelta(hours=6)).strftime(
                    "%Y-%m-%dT%H:%M:%SZ"
                ),
            }

        def note(request: AWSPreparedRequest, **_: Any) -> None:
            header = request.headers["Authorization"]
            used.add(str(header).partition("Credential=")[2].partition("/")[0])

        roles: dict[str, Any] = {}
        rotate()
        with metadata_service(roles) as address:
            monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", address)
            clients = client_factory.create_clients(REGION)
            objects = S3Store(clients.s3, BUCKET, "https://media.invalid")
            site.backend = Backend(
                objects,
                DynamoCatalog(clients.dynamodb, TABLE),
                DynamoSessionRevocations(clients.dynamodb, TABLE),
                "aws",
                clients,
            )
            site.restart()
            send = PUBLISH.prepare(site, "")
            with (
                listening(clients, "provide-client-params", rotate),
                listening(clients, "before-send", note),
            ):
                assert send().ok
            invariants.assert_repairable(site)
        assert len(used) > 3
