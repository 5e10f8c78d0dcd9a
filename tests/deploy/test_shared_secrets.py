"""Secrets in SSM Parameter Store: generated once, the same for all instances of a bucket."""

import re
import runpy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.backends import aws_environment

SCRIPT = Path(__file__).parents[2] / "deploy" / "shared_secrets.py"
BUCKET, REGION = "holiday.photos-2026", "eu-west-1"

Ask = Callable[..., dict[str, str]]


@pytest.fixture
def ssm() -> Iterator[Any]:
    with aws_environment(), mock_aws():
        yield boto3.client("ssm", region_name=REGION)


@pytest.fixture
def ask(ssm: Any, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Run the script as an instance does and return its output."""
    main = runpy.run_path(str(SCRIPT))["main"]

    def asked(*names: str, bucket: str = BUCKET) -> dict[str, str]:
        main(bucket, REGION, *names)
        return dict(line.split("=", 1) for line in capsys.readouterr().out.splitlines())

    return asked


def test_second_instance_reads_the_secrets_of_the_first(ask: Ask) -> None:
    first = ask("SECRET_KEY", "UPLOAD_PASSWORD")
    assert list(first) == ["SECRET_KEY", "UPLOAD_PASSWORD"]
    assert ask("SECRET_KEY", "UPLOAD_PASSWORD") == first
    assert ask("ADMIN_PASSWORD")["ADMIN_PASSWORD"] not in first.values()


def test_each_bucket_has_its_own_secrets(ask: Ask) -> None:
    assert ask("SECRET_KEY") != ask("SECRET_KEY", bucket="another-bucket")


def test_secrets_are_secure_strings_under_the_allowed_path(ask: Ask, ssm: Any) -> None:
    ask("SECRET_KEY", "ADMIN_PASSWORD")
    kept = ssm.describe_parameters()["Parameters"]
    names = {f"/shoebox/{BUCKET}/SECRET_KEY", f"/shoebox/{BUCKET}/ADMIN_PASSWORD"}
    assert {parameter["Name"] for parameter in kept} == names
    assert {parameter["Type"] for parameter in kept} == {"SecureString"}
    role = (SCRIPT.parents[1] / "policies" / "serving_policy.json").read_text()
    assert "parameter/shoebox/BUCKET_NAME/*" in role


def test_key_is_long_and_password_is_easy_to_type(ask: Ask) -> None:
    made = ask("SECRET_KEY", "UPLOAD_PASSWORD")
    assert re.fullmatch(r"[0-9a-f]{64}", made["SECRET_KEY"])
    assert re.fullmatch(r"([a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}", made["UPLOAD_PASSWORD"])


def test_existing_parameter_is_used(ask: Ask, ssm: Any) -> None:
    ssm.put_parameter(
        Name=f"/shoebox/{BUCKET}/UPLOAD_PASSWORD", Value="swordfish", Type="SecureString"
    )
    assert ask("UPLOAD_PASSWORD") == {"UPLOAD_PASSWORD": "swordfish"}


def test_concurrent_instances_get_the_same_secrets(ssm: Any, ask: Ask) -> None:
    kept = runpy.run_path(str(SCRIPT))["_shared"]

    class Slow:
        """A client that reads before another instance writes."""

        def __init__(self) -> None:
            self.looks = 0

        def get_parameter(self, **request: Any) -> Any:
            self.looks += 1
            try:
                return ssm.get_parameter(**request)
            finally:
                if self.looks == 1:
                    ssm.put_parameter(
                        Name=request["Name"], Value="the faster one", Type="SecureString"
                    )

        def put_parameter(self, **request: Any) -> Any:
            return ssm.put_parameter(**request)

    assert kept(Slow(), f"/shoebox/{BUCKET}/SECRET_KEY") == "the faster one"


def test_missing_permission_is_named(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("boto3.client", _denied)
    with pytest.raises(SystemExit, match=r"AccessDenied.*ScriptSecrets.*serving_policy\.json"):
        ask("SECRET_KEY")


def _denied(*_: Any, **__: Any) -> Any:
    from botocore.exceptions import ClientError  # noqa: PLC0415

    class Denied:
        def get_parameter(self, **_: Any) -> Any:
            raise ClientError(
                {"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "GetParameter"
            )

    return Denied()
