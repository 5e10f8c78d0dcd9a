"""The storage backends, empty, for tests."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from unittest import mock

from botocore.loaders import create_loader
from moto import mock_aws

from app.provisioning.table_specs import table_specs
from app.services import ports
from app.storage.aws import client_factory
from app.storage.aws.s3 import S3Store, public_base_url
from app.storage.dynamodb_backend import dynamodb_backend
from app.storage.local.folder import LocalObjectStore
from app.storage.sqlite_backend import sqlite_backend
from tests.aws.direct_dynamodb import direct_dynamodb
from tests.aws.direct_s3 import direct_s3
from tests.aws.moto_overhead import reduced_overhead
from tests.sample_photos import make_photo

__all__ = [
    "BUCKET",
    "REGION",
    "TABLE",
    "Backend",
    "aws_backend",
    "local_backend",
    "make_photo",
    "store_backend",
]

REGION = "us-east-1"
BUCKET = "shoebox-photos"
TABLE = "photos"

_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
}
# Whatever the developer's own account is, no test may find it.
_NOWHERE = ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_DYNAMODB")

_loader = cache(create_loader)
_shared_clients = cache(client_factory.create_clients)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend(ports.Backend):
    """A storage backend with its name, and with the boto3 clients where it is AWS."""

    name: str
    clients: client_factory.Clients | None = None

    @classmethod
    def of(
        cls, backend: ports.Backend, name: str, clients: client_factory.Clients | None = None
    ) -> "Backend":
        """Return the backend with a name."""
        parts = {part.name: getattr(backend, part.name) for part in fields(ports.Backend)}
        return cls(**parts, name=name, clients=clients)


def aws_backend_of(
    objects: ports.ObjectStore, clients: client_factory.Clients, table: str = TABLE
) -> Backend:
    """Return the backend with the catalog in a table."""
    return Backend.of(dynamodb_backend(objects, clients.dynamodb, table), "aws", clients)


class NoRevocations:
    """Session revocations for services that have no sessions."""

    def revoke(self, session_id: str, until: int) -> bool:
        raise AssertionError(session_id, until)

    def is_revoked(self, session_id: str) -> bool:
        return not session_id

    def generation_of(self, owner: str) -> str | None:
        return None if owner else ""

    def set_generation(self, owner: str, generation: str) -> None:
        raise AssertionError(owner, generation)


def local_backend(tmp_path: Path) -> Backend:
    """Return a folder and SQLite below `tmp_path`, which a second call opens again."""
    objects = LocalObjectStore(tmp_path / "objects")
    return Backend.of(sqlite_backend(objects, tmp_path / "catalog.sqlite3"), "local")


@contextmanager
def aws_backend(
    create_clients: Callable[[str], client_factory.Clients] = _shared_clients,
    *,
    is_direct: bool = True,
) -> Iterator[Backend]:
    """Yield S3 and DynamoDB by moto, for one thread (moto loses concurrent updates).

    Args:
        create_clients: Returns the clients. A test that changes them needs its own:
            `client_factory.create_clients`.
        is_direct: Calls moto without HTTP: see tests/aws/direct_calls.py.
    """
    with aws_environment(), reduced_overhead(), mock_aws(), one_call_at_a_time():
        clients = create_clients(REGION)
        with ExitStack() as stack:
            if is_direct:
                stack.enter_context(direct_dynamodb(clients.dynamodb))
                stack.enter_context(direct_s3(clients.s3))
            clients.s3.create_bucket(Bucket=BUCKET)
            create_tables(clients)
            objects = S3Store(clients.s3, BUCKET, public_base_url(clients.s3, BUCKET, None, None))
            yield aws_backend_of(objects, clients)


@contextmanager
def store_backend(tmp_path: Path) -> Iterator[Backend]:
    """Yield S3 by moto and SQLite below `tmp_path`, for one thread."""
    with aws_environment(), reduced_overhead(), mock_aws():
        client = client_factory.create_store_client(REGION, None)
        client.create_bucket(Bucket=BUCKET)
        objects = S3Store(client, BUCKET, public_base_url(client, BUCKET, None, None))
        with direct_s3(client):
            yield store_backend_of(objects, tmp_path)


def store_backend_of(objects: ports.ObjectStore, tmp_path: Path) -> Backend:
    """Return the backend with the catalog below `tmp_path`, which a second call opens again."""
    return Backend.of(sqlite_backend(objects, tmp_path / "catalog.sqlite3"), "store")


def one_call_at_a_time() -> AbstractContextManager[object]:
    """Make the catalog call moto, which is not thread-safe, from one thread."""
    return mock.patch("app.storage.aws.parallel_calls.MAX_PARALLEL_CALLS", 1)


@contextmanager
def aws_environment() -> Iterator[None]:
    """Set fake credentials, and load AWS's API descriptions once."""
    with (
        mock.patch.dict("os.environ", _ENVIRONMENT) as environment,
        mock.patch("botocore.session.create_loader", _loader),
    ):
        for name in _NOWHERE:
            environment.pop(name, None)
        yield


def create_tables(clients: client_factory.Clients, name: str = TABLE) -> None:
    """The tables as `flask provision` makes them, as far as keys and indexes go."""
    for spec in table_specs(name):
        clients.dynamodb.create_table(**spec.definition)
