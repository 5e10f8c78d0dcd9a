"""Settings.

Covers app.config_validators, app.domain.file_sizes, app.setting_contradictions.
"""

from pathlib import Path
from zoneinfo import ZoneInfo

import boto3
import pytest

from app.capacity import default_image_workers
from app.config import Config, ConfigError
from app.domain.media.reads import MediaReads
from app.remote_users import RemoteUsers

AWS = {
    "PHOTO_BUCKET": "my-photos",
    "PHOTO_TABLE": "photos",
    "AWS_REGION": "ap-northeast-2",
    "SECRET_KEY": "sixteen letters or more",
}

STORE = {
    "PHOTO_BUCKET": "my-photos",
    "AWS_REGION": "auto",
    "AWS_ENDPOINT_URL_S3": "https://store.example.org",
}


def all_regions() -> list[str]:
    """Return every region of every partition in botocore's own data."""
    session = boto3.Session()
    return [
        region
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("s3", partition_name=partition)
    ]


@pytest.fixture(autouse=True)
def _only(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        *AWS,
        "PORT",
        "MAX_UPLOAD_MB",
        "AWS_DEFAULT_REGION",
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_S3",
        "AWS_ENDPOINT_URL_DYNAMODB",
        "HOST",
        "CLOUDFRONT_DISTRIBUTION_ID",
        "PUBLIC_BUCKET",
        "MEDIA_BASE_URL",
        "MEDIA_READS",
        "PHOTO_DIR",
        "UPLOAD_PASSWORD",
        "ADMIN_PASSWORD",
        "WEB_CONCURRENCY",
        "TIMEZONE",
        "KEEP_CREDIT",
        "GALLERY_ORDER",
        "SITE_FOOTER",
        "SITE_ABOUT",
        "SITE_CREDIT",
        "SITE_LICENSE",
    ):
        monkeypatch.delenv(name, raising=False)


def set_all(monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)


def test_local_backend_without_settings() -> None:
    """An empty environment selects the local backend on loopback."""
    config = Config.from_env()
    assert config == Config(image_workers=default_image_workers())
    assert (config.photo_bucket, config.host, config.port) == (None, "127.0.0.1", 8000)


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


@pytest.mark.parametrize(("bucket", "min_length"), [("", 8), ("my-photos", 12)])
@pytest.mark.parametrize("name", ["UPLOAD_PASSWORD", "ADMIN_PASSWORD"])
def test_short_passwords_are_refused(
    monkeypatch: pytest.MonkeyPatch, bucket: str, min_length: int, name: str
) -> None:
    """8 characters on one's own machine, 12 on AWS, where everyone may guess."""
    set_all(monkeypatch, AWS if bucket else {})
    monkeypatch.setenv(name, "p" * min_length)
    Config.from_env()
    monkeypatch.setenv(name, "p" * (min_length - 1))
    with pytest.raises(ConfigError) as refused:
        Config.from_env()
    assert refused.value.problems == {name: f"must have at least {min_length} characters."}


def test_tags_of_the_site_are_normalized(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tag that no photo could have is named."""
    monkeypatch.setenv("SITE_TAGS", " Lake,#Evening ,, lake")
    assert Config.from_env().site_tags == ("lake", "evening")
    monkeypatch.setenv("SITE_TAGS", "x" * 100)
    with pytest.raises(ConfigError) as raised:
        Config.from_env()
    assert set(raised.value.problems) == {"SITE_TAGS"}


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


@pytest.mark.parametrize("name", ["Europe", "../UTC", "/etc/localtime", "a\x01b", "UTC+9"])
def test_only_names_of_time_zones_are_accepted(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A name that is no time zone, or a path, stops the start with its name."""
    monkeypatch.setenv("TIMEZONE", name)
    with pytest.raises(ConfigError, match="TIMEZONE"):
        Config.from_env()


@pytest.mark.parametrize(("length", "is_valid"), [(300, True), (301, False)])
def test_the_text_about_the_site_is_short(
    monkeypatch: pytest.MonkeyPatch, length: int, *, is_valid: bool
) -> None:
    """It has at most 300 characters."""
    monkeypatch.setenv("SITE_ABOUT", "사" * length)
    if is_valid:
        assert len(Config.from_env().site_about) == length
    else:
        with pytest.raises(ConfigError, match="SITE_ABOUT"):
            Config.from_env()


def test_time_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The setting is a name of the IANA database."""
    monkeypatch.setenv("TIMEZONE", "Asia/Seoul")
    assert Config.from_env().timezone == ZoneInfo("Asia/Seoul")


def test_both_passwords_may_not_be_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """One password for both roles would let everyone who uploads delete everything."""
    set_all(monkeypatch, {"UPLOAD_PASSWORD": "one-for-both", "ADMIN_PASSWORD": "one-for-both"})
    with pytest.raises(ConfigError, match="ADMIN_PASSWORD"):
        Config.from_env()


@pytest.mark.parametrize(
    "bucket", ["ab", "a..b", "192.168.0.1", "-photos", "photos-", "Photos", "xn--photos", "a" * 64]
)
def test_bucket_names_follow_s3s_rules(monkeypatch: pytest.MonkeyPatch, bucket: str) -> None:
    """A name S3 would refuse is refused at the start."""
    set_all(monkeypatch, AWS | {"PHOTO_BUCKET": bucket})
    with pytest.raises(ConfigError, match="PHOTO_BUCKET"):
        Config.from_env()


def test_proxy_headers_are_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """Case and spaces do not matter."""
    set_all(monkeypatch, {"PROXY_HOPS": "1", "PROXY_HEADERS": "Host, prefix"})
    assert Config.from_env().proxy_headers == ("host", "prefix")


def test_users_of_a_proxy_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of users keep their case, and spaces around them do not matter."""
    names = "Mina Kim, 김민아@example.org,"
    users = {"REMOTE_USER_HEADER": " Remote-User ", "REMOTE_USER_ADMINS": names}
    set_all(monkeypatch, {"PROXY_HOPS": "1"} | users)
    expected = RemoteUsers("Remote-User", ("Mina Kim", "김민아@example.org"))
    assert Config.from_env().remote_users == expected


@pytest.mark.parametrize(
    ("wrong", "settings"),
    [
        ("REMOTE_USER_HEADER", {"REMOTE_USER_HEADER": "Remote-User"}),
        ("REMOTE_USER_HEADER", {"REMOTE_USER_HEADER": "Remote_User", "PROXY_HOPS": "1"}),
        ("REMOTE_USER_HEADER", {"REMOTE_USER_HEADER": "Remote-User: x", "PROXY_HOPS": "1"}),
        ("REMOTE_USER_HEADER", {"REMOTE_USER_HEADER": "Cookie", "PROXY_HOPS": "1"}),
        *(
            ("REMOTE_USER_HEADER", {"REMOTE_USER_HEADER": name, "PROXY_HOPS": "1"})
            for name in ("X-Forwarded-For", "x-forwarded-proto", "X-Forwarded-Host", "X-Real-IP")
        ),
        *(
            ("REMOTE_USER_HEADER", {"REMOTE_USER_HEADER": name, "PROXY_HOPS": "1"})
            for name in (
                "Accept",
                "Accept-Language",
                "Content-Type",
                "If-None-Match",
                "Sec-Fetch-Site",
            )
        ),
        ("REMOTE_USER_ADMINS", {"REMOTE_USER_ADMINS": "mina", "PROXY_HOPS": "1"}),
        ("REMOTE_USER_ADMINS", {"REMOTE_USER_ADMINS": "mi\x07na", "REMOTE_USER_HEADER": "X-U"}),
    ],
)
def test_wrong_users_of_a_proxy_are_named(
    monkeypatch: pytest.MonkeyPatch, wrong: str, settings: dict[str, str]
) -> None:
    """Without a proxy every visitor could choose a name, so the site does not start."""
    set_all(monkeypatch, settings)
    with pytest.raises(ConfigError) as refused:
        Config.from_env()
    assert wrong in refused.value.problems


def test_a_password_is_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """A script that sends it would be refused as one with a wrong token."""
    set_all(monkeypatch, {"UPLOAD_PASSWORD": "shoebox_party"})
    with pytest.raises(ConfigError, match=r"UPLOAD_PASSWORD.*must not begin with shoebox_"):
        Config.from_env()


@pytest.mark.parametrize(
    "settings",
    [
        {"PROXY_HEADERS": "host"},
        {"PROXY_HEADERS": "for", "PROXY_HOPS": "1"},
        {"PROXY_HEADERS": "X-Forwarded-Host", "PROXY_HOPS": "1"},
    ],
)
def test_wrong_proxy_headers_are_named(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]
) -> None:
    """Headers need a proxy that sets them, and only three can be named."""
    set_all(monkeypatch, settings)
    with pytest.raises(ConfigError) as refused:
        Config.from_env()
    assert set(refused.value.problems) == {"PROXY_HEADERS"}


def test_trusted_hosts_may_have_underscores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of containers have them."""
    set_all(monkeypatch, {"TRUSTED_HOSTS": "photo_site,.my_net.example"})
    assert Config.from_env().trusted_hosts == ("photo_site", ".my_net.example")


def test_what_stays_of_a_credit_is_one_of_three_words(monkeypatch: pytest.MonkeyPatch) -> None:
    for word in ("rights", "all", "no"):
        monkeypatch.setenv("KEEP_CREDIT", word)
        assert Config.from_env().keep_credit == word
    monkeypatch.setenv("KEEP_CREDIT", "yes")
    with pytest.raises(ConfigError, match="KEEP_CREDIT"):
        Config.from_env()


def test_the_license_of_the_site_is_a_name_or_a_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_CREDIT", "Anna")
    for license_ in ("", "none", "copyright", "cc-by", "https://example.org/license"):
        monkeypatch.setenv("SITE_LICENSE", license_)
        assert Config.from_env().default_credit.credit == "Anna"
    for license_ in ("gpl", "other", "javascript:x"):
        monkeypatch.setenv("SITE_LICENSE", license_)
        with pytest.raises(ConfigError, match="SITE_LICENSE"):
            Config.from_env()


def test_the_credit_of_the_site_has_no_contact_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_CREDIT", "anna@example.org")
    with pytest.raises(ConfigError, match="SITE_CREDIT"):
        Config.from_env()


@pytest.mark.parametrize(
    ("value", "enabled"), [("", True), ("on", True), ("off", False), ("no", False)]
)
def test_zip_files_can_be_switched_off(
    monkeypatch: pytest.MonkeyPatch, value: str, *, enabled: bool
) -> None:
    if value:
        set_all(monkeypatch, {"ZIP_DOWNLOADS": value})
    assert Config.from_env().zip_downloads is enabled


def test_the_order_of_the_gallery(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is one of two words."""
    for word in ("added", "taken"):
        monkeypatch.setenv("GALLERY_ORDER", word)
        assert Config.from_env().gallery_order == word
    monkeypatch.setenv("GALLERY_ORDER", "newest")
    with pytest.raises(ConfigError, match="GALLERY_ORDER"):
        Config.from_env()
