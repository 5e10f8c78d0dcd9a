"""One store of a backend is down, read-only or locked: the rest works and says so."""

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
from app.storage.aws.s3 import S3Store
from app.storage.local import sqlite_database
from tests.backends import BUCKET, REGION, aws_backend_of
from tests.faults import invariants
from tests.faults.fault_points import at_aws, on_disk
from tests.faults.injection import DENIED, GONE, Fault, Injector
from tests.faults.operations import OPERATIONS
from tests.faults.restartable_site import RestartableSite
from tests.storage.aws.failures.metadata_service import metadata_service
from tests.storage.aws_calls import answered, listening, s3_error

PUBLISH = OPERATIONS[0]


@pytest.fixture
def site(tmp_path: Path) -> RestartableSite:
    return RestartableSite(tmp_path / "backend")


class Outage(Injector):
    """Injects a fault at every call to one AWS service, or at every write to the disk."""

    def __init__(self, fault: Fault, *steps: str) -> None:
        super().__init__(fault, 0)
        self._failing_steps = steps

    def is_due(self, step: str) -> bool:
        """Count a step and return whether it fails."""
        super().is_due(step)
        return step.startswith(self._failing_steps)


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
def unavailable(site: RestartableSite, *calls: str) -> Iterator[None]:
    assert site.backend.clients
    with at_aws(site.backend.clients, Outage(GONE, *calls)):
        yield


def test_pages_work_without_s3(site: RestartableSite, no_pauses: None) -> None:
    """Without S3 every page works, an upload gets a 503, and /readyz names the half."""
    with site.on("aws"):
        send = PUBLISH.prepare(site, "")
        with unavailable(site, *S3):
            for path in (
                "/",
                "/tags",
                "/tags/sea",
                "/search?q=by",
                f"/photos/{site.other_photo.photo_id}",
                "/feed.xml",
            ):
                assert site.visitor.get(path).status_code == 200, path
            response = send()
            assert (response.status, invariants.BUSY in response.text) == (503, True)
            ready = site.visitor.get("/readyz")
            assert (ready.status_code, ready.json["down"]) == (503, ["objects"])
        assert send().ok
        invariants.assert_repairable(site)


def test_photos_are_readable_without_dynamodb(site: RestartableSite, no_pauses: None) -> None:
    """Without DynamoDB listings are 503, objects are readable, and /readyz names the half."""
    with site.on("aws"):
        send = PUBLISH.prepare(site, "")
        with unavailable(site, *DYNAMODB):
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


def test_pages_work_on_a_read_only_disk(site: RestartableSite) -> None:
    """On a read-only disk pages and photos work, changes get a 503, and so does /readyz."""
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
            response = send()
            assert (response.status, invariants.REFUSED in response.text.replace("&#39;", "'")) == (
                503,
                True,
            )
            assert PUBLISH.typed in response.text
            assert site.visitor.get("/readyz").status_code == 503
        site.restart()
        assert send().ok
        invariants.assert_repairable(site)


def test_pages_work_while_the_catalog_is_locked(
    site: RestartableSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another process holds the write lock pages work, and changes get a 503."""
    monkeypatch.setattr(sqlite_database, "_LOCK_TIMEOUT", 0.05)
    with site.on("local"):
        send = PUBLISH.prepare(site, "")
        writer = sqlite3.connect(site.folder / "catalog.sqlite3", isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")
        assert site.visitor.get("/").status_code == 200
        response = send()
        assert (response.status, invariants.BUSY in response.text) == (503, True)
        writer.close()
        assert send().ok
        invariants.assert_repairable(site)


def test_expired_credentials_leave_nothing_of_an_upload(site: RestartableSite) -> None:
    """An ExpiredToken error leaves nothing of the upload, and the next attempt succeeds."""
    with site.on("aws"):
        send = PUBLISH.prepare(site, "")
        assert site.backend.clients
        answers = (lambda: None, lambda: None, s3_error("ExpiredToken", 400), lambda: None)
        with answered(site.backend.clients, "PutObject", *answers):
            assert send().status == 503
        assert send().ok
        invariants.assert_repairable(site)


def test_credentials_may_rotate_during_an_upload(
    site: RestartableSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each call uses the role's latest credentials, and the upload succeeds."""
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
        # Each call refreshes the credentials.
        monkeypatch.setattr(RefreshableCredentials, "_advisory_refresh_timeout", 7 * 60 * 60)
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
            site.backend = aws_backend_of(objects, clients)
            site.restart()
            send = PUBLISH.prepare(site, "")
            with (
                listening(clients, "provide-client-params", rotate),
                listening(clients, "before-send", note),
            ):
                assert send().ok
            invariants.assert_repairable(site)
        assert len(used) > 3
