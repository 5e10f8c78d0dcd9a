"""The settings of the addresses from which photos are read, and of their caches.

Covers app.config.
"""

from pathlib import Path

import pytest

from app.config import Config, ConfigError
from tests.config.sample_settings import AWS, STORE, set_all


@pytest.mark.parametrize("url", ["http://localhost:8333/a", "http://127.0.0.1:1", "https://a.org"])
def test_addresses_of_photos_are_secure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str
) -> None:
    """HTTPS, or the machine itself."""
    set_all(monkeypatch, STORE | {"PHOTO_DIR": str(tmp_path), "MEDIA_BASE_URL": url})
    assert Config.from_env().media_base_url == url


@pytest.mark.parametrize(
    "name",
    ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_DYNAMODB", "MEDIA_BASE_URL"],
)
@pytest.mark.parametrize("user", ["key:a-secret@", "a-secret@", ":a-secret@"])
def test_addresses_have_no_passwords(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, user: str
) -> None:
    """Pages and their Content-Security-Policy have them. The message does not repeat it."""
    set_all(monkeypatch, STORE | {"PHOTO_DIR": str(tmp_path), name: f"https://{user}a.example"})
    with pytest.raises(ConfigError, match=name) as refused:
        Config.from_env()
    assert "a-secret" not in str(refused.value)


@pytest.mark.parametrize("settings", [{}, AWS, {"MEDIA_BASE_URL": "https://cdn.example.org"}])
def test_invalidation_needs_a_cdn_of_the_aws_backend(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]
) -> None:
    """Without one there are no copies to remove."""
    set_all(monkeypatch, settings | {"CLOUDFRONT_DISTRIBUTION_ID": "E2QWRUHAPOMQZL"})
    with pytest.raises(ConfigError, match="CLOUDFRONT_DISTRIBUTION_ID"):
        Config.from_env()


def test_private_bucket_needs_its_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bucket is public unless the setting and a distribution say otherwise."""
    assert Config.from_env().operations.public_bucket
    private = AWS | {"PUBLIC_BUCKET": "no"}
    set_all(monkeypatch, private)
    with pytest.raises(ConfigError, match="PUBLIC_BUCKET"):
        Config.from_env()
    cdn = {"MEDIA_BASE_URL": "https://cdn.example.org"}
    set_all(monkeypatch, private | cdn | {"CLOUDFRONT_DISTRIBUTION_ID": "E2QWRUHAPOMQZL"})
    assert not Config.from_env().operations.public_bucket


def test_cdn_with_invalidation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the AWS backend has a CDN."""
    cdn = {"MEDIA_BASE_URL": "https://cdn.example.org"}
    set_all(monkeypatch, cdn)
    assert not Config.from_env().has_cdn
    set_all(monkeypatch, AWS | {"CLOUDFRONT_DISTRIBUTION_ID": "E2QWRUHAPOMQZL"})
    config = Config.from_env()
    assert config.has_cdn
    assert config.cloudfront_distribution_id == "E2QWRUHAPOMQZL"


@pytest.mark.parametrize(
    ("settings", "max_age"),
    [
        ({}, 31_536_000),
        ({"PROXY_HOPS": "1"}, 3600),
        (AWS, 31_536_000),
        (AWS | {"PROXY_HOPS": "1"}, 31_536_000),
        (AWS | {"MEDIA_BASE_URL": "https://cdn.example.org"}, 3600),
        (STORE | {"MEDIA_READS": "app"}, 31_536_000),
        (STORE | {"MEDIA_READS": "app", "PROXY_HOPS": "1"}, 3600),
        (STORE | {"MEDIA_READS": "presigned", "PROXY_HOPS": "1"}, 31_536_000),
        (STORE | {"MEDIA_BASE_URL": "https://cdn.example.org"}, 3600),
    ],
)
def test_photos_behind_a_shared_cache_expire_soon(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], max_age: int
) -> None:
    """A proxy caches photos only if the app sends them."""
    set_all(monkeypatch, settings)
    assert Config.from_env().media_max_age == max_age
