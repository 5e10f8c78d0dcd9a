"""moto with a record of the operations that were called."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any
from unittest import mock
from urllib.parse import urlsplit

import boto3
from moto import mock_aws

from app.provisioning import Provisioner, StepResult
from tests.aws.moto_overhead import reduced_overhead

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

BUCKET, TABLE, REGION = "holiday-photos", "photos", "eu-west-1"
BASE_URL = f"https://{BUCKET}.s3.{REGION}.amazonaws.com"
# moto would create 1300 Amazon Machine Images in each region, which takes a fifth of a second.
_NO_IMAGES = {"MOTO_EC2_LOAD_DEFAULT_AMIS": "false"}


@cache
def session() -> boto3.Session:
    """Return one session for all tests: loading botocore's models takes a second."""
    return boto3.Session(aws_access_key_id="id", aws_secret_access_key="secret")


@dataclass
class RecordingAws:
    """boto3 clients of `region` and the operations they called, in order."""

    region: str = REGION
    calls: list[str] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.s3: S3Client = self.client("s3")
        self.dynamodb: DynamoDBClient = self.client("dynamodb")
        self.s3control: Any = self.client("s3control")
        self.sts: Any = self.client("sts")

    def client(self, service: str) -> Any:
        client = session().client(service, region_name=self.region)  # type: ignore[call-overload]
        prefix = (
            "Account" if service == "s3control" else ""
        )  # S3 Control names its calls as S3 does
        client.meta.events.register(
            "before-call",
            lambda model, **_: self.calls.append(model.name.replace("Public", f"{prefix}Public")),
        )
        return client

    def provisioner(self, **changes: Any) -> Provisioner:
        wanted = {
            "s3": self.s3,
            "dynamodb": self.dynamodb,
            "s3control": self.s3control,
            "sts": self.sts,
            "bucket": BUCKET,
            "table": TABLE,
            "region": self.region,
            "base_url": BASE_URL,
            "fetch": self.fetch,
            "sleep": self.pauses.append,
        }
        return Provisioner(**wanted | changes)

    def provision(self, **changes: Any) -> dict[str, StepResult]:
        """Run every step; gives the outcomes by title."""
        return {step.title: step.run() for step in self.provisioner(**changes).steps()}

    def run(self, title: str, **changes: Any) -> StepResult:
        """Run the one step whose title starts with `title`."""
        (step,) = (
            step for step in self.provisioner(**changes).steps() if step.title.startswith(title)
        )
        return step.run()

    def fetch(self, url: str) -> bytes:
        """A visitor to whom every object is public."""
        return self.s3.get_object(Bucket=BUCKET, Key=urlsplit(url).path.lstrip("/"))["Body"].read()

    def answer(self, client: Any, operation: str, *errors: str | int) -> None:
        """Make the next calls of `operation` fail with these codes or HTTP statuses."""
        left = list(errors)

        def fail(**_: Any) -> Any:
            if not left:
                return None
            return failure(left.pop(0))

        service = client.meta.service_model.service_id.hyphenize()
        client.meta.events.register(f"before-call.{service}.{operation}", fail)


def failure(code: str | int, message: str = "") -> tuple[Any, dict[str, Any]]:
    """Return the ClientError that botocore raises for an error response."""
    status = code if isinstance(code, int) else 400
    name = "NotImplemented" if code == 501 else str(code)
    parsed = {
        "Error": {"Code": name, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return type("Response", (), {"status_code": max(status, 400), "headers": {}})(), parsed


@contextmanager
def recording_aws(region: str = REGION) -> Iterator[RecordingAws]:
    with mock.patch.dict("os.environ", _NO_IMAGES), reduced_overhead(), mock_aws():
        yield RecordingAws(region)
