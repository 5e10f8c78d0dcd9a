"""The settings that select a storage backend.

Covers app.config.
"""

from pathlib import Path

import pytest

from app.config import Config, ConfigError
from app.domain.media.reads import MediaReads
from tests.config.aws_regions import all_regions
from tests.config.sample_settings import AWS, STORE, set_all


def test_aws_backend_with_all_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The four AWS settings select the AWS backend."""
    set_all(monkeypatch, AWS)
    config = Config.from_env()
    assert (config.photo_bucket, config.photo_table, config.aws_region) == (
        "my-photos",
        "photos",
        "ap-northeast-2",
    )


def test_a_bucket_alone_selects_another_object_store(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Its catalog is in the local folder, whose secret key it uses too."""
    set_all(monkeypatch, STORE | {"PHOTO_DIR": str(tmp_path)})
    config = Config.from_env()
    assert (config.photo_bucket, config.photo_table, config.aws_region) == (
        "my-photos",
        None,
        "auto",
    )
    assert config.media_reads is MediaReads.PUBLIC
    (tmp_path / "file").touch()
    monkeypatch.setenv("PHOTO_DIR", str(tmp_path / "file"))
    with pytest.raises(ConfigError, match="PHOTO_DIR"):
        Config.from_env()


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        (STORE | {"MEDIA_READS": "presigned", "MEDIA_BASE_URL": "https://a.example"}, "BASE_URL"),
        (STORE | {"MEDIA_BASE_URL": "http://cdn.example.org"}, "MEDIA_BASE_URL"),
        (STORE | {"MEDIA_READS": "private"}, "MEDIA_READS"),
        (STORE | {"AWS_ENDPOINT_URL_S3": ""}, "AWS_REGION"),
        (STORE | {"AWS_REGION": "a region"}, "AWS_REGION"),
        (AWS | {"MEDIA_READS": "app"}, "MEDIA_READS"),
        ({"MEDIA_READS": "presigned"}, "MEDIA_READS"),
        (
            STORE
            | {
                "MEDIA_BASE_URL": "https://a.example",
                "CLOUDFRONT_DISTRIBUTION_ID": "E2QWRUHAPOMQZL",
            },
            "CLOUDFRONT_DISTRIBUTION_ID",
        ),
    ],
)
def test_contradictions_of_an_object_store_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: dict[str, str], name: str
) -> None:
    set_all(monkeypatch, settings | {"PHOTO_DIR": str(tmp_path)})
    with pytest.raises(ConfigError, match=name):
        Config.from_env()


def test_region_alone_does_not_select_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS_REGION alone, which many machines set, does not select the AWS backend."""
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    assert Config.from_env().photo_bucket is None


@pytest.mark.parametrize("missing", sorted(AWS.keys() - {"AWS_REGION", "PHOTO_TABLE"}))
def test_a_missing_aws_setting_is_named(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    """A missing AWS setting is named; there is no default secret key."""
    set_all(monkeypatch, {name: value for name, value in AWS.items() if name != missing})
    with pytest.raises(ConfigError) as refused:
        Config.from_env()
    assert set(refused.value.problems) == {missing}


def test_region_is_read_as_aws_tools_read_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS_REGION wins over AWS_DEFAULT_REGION. A profile may name the region instead of both."""
    set_all(monkeypatch, AWS | {"AWS_DEFAULT_REGION": "eu-west-1"})
    assert Config.from_env().aws_region == "ap-northeast-2"
    monkeypatch.delenv("AWS_REGION")
    assert Config.from_env().aws_region == "eu-west-1"
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert Config.from_env().aws_region is None


@pytest.mark.parametrize("region", all_regions())
def test_regions_of_all_partitions_are_accepted(
    monkeypatch: pytest.MonkeyPatch, region: str
) -> None:
    """Every region that botocore knows, such as eusc-de-east-1."""
    set_all(monkeypatch, AWS | {"AWS_REGION": region})
    assert Config.from_env().aws_region == region


@pytest.mark.parametrize(
    "bucket", ["ab", "a..b", "192.168.0.1", "-photos", "photos-", "Photos", "xn--photos", "a" * 64]
)
def test_bucket_names_follow_s3s_rules(monkeypatch: pytest.MonkeyPatch, bucket: str) -> None:
    """A name S3 would refuse is refused at the start."""
    set_all(monkeypatch, AWS | {"PHOTO_BUCKET": bucket})
    with pytest.raises(ConfigError, match="PHOTO_BUCKET"):
        Config.from_env()
