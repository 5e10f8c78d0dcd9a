"""Settings are read from the environment, and wrong ones are named at once.

Covers app.config, app.config_validators, app.domain.file_sizes, app.setting_contradictions.
"""

import pytest

from app.capacity import default_image_workers
from app.config import Config, ConfigError
from tests.config.sample_settings import set_all


def test_local_backend_without_settings() -> None:
    """An empty environment selects the local backend on loopback."""
    config = Config.from_env()
    assert config == Config(image_workers=default_image_workers())
    assert (config.photo_bucket, config.host, config.port) == (None, "127.0.0.1", 8000)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1:8000"),
        ("::1", "[::1]:8000"),
        ("[::1]", "[::1]:8000"),
        ("", "127.0.0.1:8000"),
    ],
)
def test_ipv6_address_is_in_brackets(
    monkeypatch: pytest.MonkeyPatch, host: str, address: str
) -> None:
    """HOST may have them or not."""
    monkeypatch.setenv("HOST", host)
    assert Config.from_env().bind_address == address


def test_every_wrong_setting_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """All invalid settings are in one message, each with its rule."""
    wrong = {
        "PHOTO_BUCKET": "My_Bucket",
        "AWS_REGION": "Frankfurt",
        "SECRET_KEY": "short",
        "PORT": "eighty",
        "MAX_UPLOAD_MB": "0",
        "AWS_ENDPOINT_URL": "localhost",
        "MEDIA_BASE_URL": "http://[photos",
        "AWS_ENDPOINT_URL_S3": "localhost:9000",
        "WEB_CONCURRENCY": "two",
        "MAX_PHOTOS": "many",
        "MAX_GB": "0",
        "TRUSTED_HOSTS": "https://photos.example.org",
        "CLOUDFRONT_DISTRIBUTION_ID": "https://d1.cloudfront.net",
        "TIMEZONE": "Mars/Olympus",
        "SITE_FOOTER": "Imprint javascript:alert(1)",
        "SITE_ABOUT": "two\nlines",
    }
    set_all(monkeypatch, wrong)
    with pytest.raises(ConfigError) as refused:
        Config.from_env()
    assert set(refused.value.problems) >= set(wrong)
    assert all(name in str(refused.value) for name in wrong)


def test_trusted_hosts_may_have_underscores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of containers have them."""
    set_all(monkeypatch, {"TRUSTED_HOSTS": "photo_site,.my_net.example"})
    assert Config.from_env().trusted_hosts == ("photo_site", ".my_net.example")


@pytest.mark.parametrize(
    ("value", "enabled"), [("", True), ("on", True), ("off", False), ("no", False)]
)
def test_zip_files_can_be_switched_off(
    monkeypatch: pytest.MonkeyPatch, value: str, *, enabled: bool
) -> None:
    if value:
        set_all(monkeypatch, {"ZIP_DOWNLOADS": value})
    assert Config.from_env().zip_downloads is enabled
