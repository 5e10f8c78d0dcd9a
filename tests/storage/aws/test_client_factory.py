"""Clients get endpoints, a region and credentials from settings, profiles and roles."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.backends import aws_endpoints, aws_region, build_backend
from app.config import Config, ConfigError
from app.domain.errors import StorageRefused
from app.storage.aws import client_factory
from tests.backends import BUCKET, REGION, TABLE
from tests.storage.aws.failures.metadata_service import metadata_service


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, ("https://s3.us-east-1.amazonaws.com", "https://dynamodb.us-east-1.amazonaws.com")),
        ({"aws_endpoint_url": "http://aws:1"}, ("http://aws:1", "http://aws:1")),
        (
            {"aws_endpoint_url_s3": "http://s3:2"},
            ("http://s3:2", "https://dynamodb.us-east-1.amazonaws.com"),
        ),
        (
            {"aws_endpoint_url": "http://aws:1", "aws_endpoint_url_s3": "http://s3:2"},
            ("http://s3:2", "http://aws:1"),
        ),
        (
            {"aws_endpoint_url": "http://aws:1", "aws_endpoint_url_dynamodb": "http://db:3"},
            ("http://aws:1", "http://db:3"),
        ),
    ],
)
def test_endpoint_of_a_service_has_precedence(
    clients: client_factory.Clients, settings: dict[str, str], expected: tuple[str, str]
) -> None:
    """AWS_ENDPOINT_URL_S3 and …_DYNAMODB win over AWS_ENDPOINT_URL, also for image URLs."""
    config = Config(
        photo_bucket=BUCKET,
        photo_table=TABLE,
        aws_region=REGION,
        **settings,  # type: ignore[arg-type]  # all settings are strings
    )
    endpoints = aws_endpoints(config)
    made = client_factory.create_clients(REGION, endpoints)
    found = made.s3.meta.endpoint_url, made.dynamodb.meta.endpoint_url
    assert found == expected
    media = build_backend(config).objects.url("photos/x")
    prefix = f"{expected[0]}/{BUCKET}/" if endpoints.s3 else f"https://{BUCKET}.s3.{REGION}."
    assert media.startswith(prefix)


def test_region_comes_from_the_profile_if_no_setting_names_one(
    monkeypatch: pytest.MonkeyPatch, clients: client_factory.Clients, tmp_path: Path
) -> None:
    """AWS_REGION wins, then the profile; without both, the message names the setting."""
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    profile = tmp_path / "config"
    profile.write_text("[default]\nregion = eu-north-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(profile))
    assert aws_region(Config(aws_region="ap-south-1")) == "ap-south-1"
    assert aws_region(Config()) == "eu-north-1"
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    with pytest.raises(ConfigError, match="AWS_REGION"):
        build_backend(Config(photo_bucket=BUCKET, photo_table=TABLE))


def without_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")


def test_server_without_credentials_does_not_start(
    monkeypatch: pytest.MonkeyPatch, clients: client_factory.Clients
) -> None:
    """The message says what to do. systemd tries again, since the role may arrive late."""
    without_credentials(monkeypatch)
    config = Config(photo_bucket=BUCKET, photo_table=TABLE, aws_region=REGION)
    with pytest.raises(StorageRefused, match="policies"):
        build_backend(config)


def test_credentials_of_the_role_are_found(
    monkeypatch: pytest.MonkeyPatch, clients: client_factory.Clients
) -> None:
    """The instance metadata service has them."""
    without_credentials(monkeypatch)
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    roles: dict[str, Any] = {}
    with metadata_service(roles) as address:
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", address)
        with pytest.raises(StorageRefused, match="No AWS credentials"):
            client_factory.check_credentials()
        roles["shoebox"] = {
            "Code": "Success",
            "AccessKeyId": "AKIA",
            "SecretAccessKey": "secret",
            "Token": "token",
            "Expiration": (datetime.now(UTC) + timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        client_factory.check_credentials()
