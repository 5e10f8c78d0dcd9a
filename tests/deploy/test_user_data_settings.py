"""The user-data script checks its settings before it changes anything."""

import re
from pathlib import Path

import pytest

from app.config_validators import MIN_PASSWORD_ON_AWS
from tests.config.aws_regions import all_regions
from tests.deploy.user_data import GOOD, ROOT, SCRIPT, check

VARIABLES = (
    "BUCKET_NAME",
    "REGION",
    "TABLE_NAME",
    "SITE_TITLE",
    "UPLOADS",
    "UPLOAD_PASSWORD",
    "ADMIN_PASSWORD",
    "SOURCE_URL",
    "SOURCE_SHA256",
    "DOMAIN",
    "ACME_EMAIL",
    "ACME_SERVER",
)


def test_valid_settings_pass() -> None:
    done = check(**GOOD)
    assert (done.returncode, done.stdout) == (0, "The settings are valid.\n"), done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[
            ("BUCKET_NAME", value)
            for value in ("", "ab", "Photos", "my_photos", "a..b", "192.168.0.1", "-photos")
        ],
        *[
            ("BUCKET_NAME", value)
            for value in ("xn--photos", "photos-s3alias", "p" * 64, "photos;reboot", "a b")
        ],
        *[("REGION", value) for value in ("mars", "us-east", "US-EAST-1", "us-east-1 ")],
        *[("TABLE_NAME", value) for value in ("ab", "my photos", "t" * 241, "fotos/1")],
        *[("SITE_TITLE", value) for value in ("x" * 101, "two\nlines")],
        *[("UPLOADS", value) for value in ("yes", "closed", "OPEN", "open ")],
        *[("UPLOAD_PASSWORD", value) for value in ("two\nlines", "tab\there")],
        ("ADMIN_PASSWORD", "two\nlines"),
        *[
            ("SOURCE_URL", value)
            for value in ("", "http://example.org/a.tar.gz", "example.org", "https://x y/z")
        ],
        *[("SOURCE_SHA256", value) for value in ("abc", "Z" * 64)],
        *[
            ("DOMAIN", value)
            for value in (
                "localhost",
                "https://a.org",
                "Photos.org",
                "a.org/",
                "*.a.org",
                "a.org.",
                "-a.org",
            )
        ],
        *[
            ("DOMAIN", value)
            for value in (
                "203.0.113.10",
                "a..org",
                f"{'a' * 64}.org",
                "a.org;reboot",
                "ä.org",
                "a.org b.org",
            )
        ],
        *[
            ("ACME_EMAIL", value)
            for value in ("me", "me@", "me@org", "a b@example.org", 'me@example.org"')
        ],
        *[
            ("ACME_SERVER", value)
            for value in ("http://ca.org/dir", "ca.org", 'https://ca.org/"', "https://ca.org/ x")
        ],
    ],
)
def test_invalid_setting_is_named(name: str, value: str) -> None:
    done = check(**GOOD | {name: value})
    assert done.returncode != 0
    culprits = re.findall(r"^  ([A-Z_0-9]+): .{10,}", done.stderr, re.MULTILINE)
    assert culprits == [name]


def test_all_invalid_settings_are_named_at_once() -> None:
    done = check(BUCKET_NAME="No", REGION="mars", SOURCE_URL="ftp://example.org/x")
    assert re.findall(r"^  ([A-Z_0-9]+):", done.stderr, re.MULTILINE) == [
        "BUCKET_NAME",
        "REGION",
        "SOURCE_URL",
    ]


def test_passwords_must_differ() -> None:
    done = check(**GOOD, UPLOAD_PASSWORD="one-for-both", ADMIN_PASSWORD="one-for-both")
    assert "  ADMIN_PASSWORD: must differ" in done.stderr


def test_open_uploads_exclude_an_upload_password() -> None:
    assert check(**GOOD, UPLOADS="open").returncode == 0
    assert (
        "  UPLOAD_PASSWORD: can't be set together with UPLOADS=open"
        in check(**GOOD, UPLOADS="open", UPLOAD_PASSWORD="x").stderr
    )


@pytest.mark.parametrize(
    "name", ["photos.example.org", "a.co", "xn--bcher-kva.example", "p-1.photos.xn--p1ai"]
)
def test_domain_accepts_valid_host_names(name: str) -> None:
    acme = {
        "ACME_EMAIL": "me+photos@example.co.uk",
        "ACME_SERVER": "https://10.0.0.1:14000/acme/dir-1",
    }
    assert check(**GOOD, **acme, DOMAIN=name).returncode == 0


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/shoebox.git#v1.2",
        "s3://releases/shoebox/v1.tar.gz",
        "https://example.org/a/b.tgz",
    ],
)
def test_source_is_a_tarball_an_object_or_a_repository(url: str) -> None:
    assert check(**GOOD | {"SOURCE_URL": url}).returncode == 0


@pytest.mark.parametrize("region", all_regions())
def test_regions_of_all_partitions_are_accepted(region: str) -> None:
    assert check(**GOOD, REGION=region).returncode == 0


@pytest.mark.parametrize(
    ("url", "right"),
    [
        ("https://github.com/me/shoebox", "https://github.com/me/shoebox.git#TAG"),
        ("https://github.com/me/shoebox/", "https://github.com/me/shoebox.git#TAG"),
        ("https://github.com/me/shoebox#v1", "https://github.com/me/shoebox.git#TAG"),
        ("https://github.com/me/shoebox/tree/v1.2", "https://github.com/me/shoebox.git#v1.2"),
        ("https://github.com/me/shoebox/releases", "https://github.com/me/shoebox.git#TAG"),
        ("https://gitlab.com/me/shoebox/-/tree/main", "https://gitlab.com/me/shoebox.git#main"),
        (
            "https://github.com/me/shoebox/archive/refs/tags/v1.zip",
            "https://github.com/me/shoebox/archive/refs/tags/v1.tar.gz",
        ),
        ("https://example.org/shoebox.zip", "https://example.org/shoebox.tar.gz"),
        ("s3://releases/shoebox.zip", "s3://releases/shoebox.tar.gz"),
    ],
)
def test_web_page_or_zip_as_source_is_refused_with_the_right_url(url: str, right: str) -> None:
    done = check(**GOOD | {"SOURCE_URL": url})
    assert done.returncode == 1
    assert f" Use {right}\n" in done.stderr


@pytest.mark.parametrize("name", ["UPLOAD_PASSWORD", "ADMIN_PASSWORD"])
def test_short_password_is_refused(name: str) -> None:
    """As the site itself refuses it on AWS."""
    assert check(**GOOD, **{name: "p" * MIN_PASSWORD_ON_AWS}).returncode == 0
    done = check(**GOOD, **{name: "p" * (MIN_PASSWORD_ON_AWS - 1)})
    assert f"  {name}: must have at least {MIN_PASSWORD_ON_AWS} characters.\n" in done.stderr


def test_setting_in_the_script_overrides_the_environment(tmp_path: Path) -> None:
    text = SCRIPT.read_text()
    for name, value in GOOD.items():
        text = re.sub(rf"^{name}=''", f"{name}='{value}'", text, flags=re.MULTILINE)
    filled = tmp_path / "user_data.sh"
    filled.write_text(text)
    assert check(filled).returncode == 0
    assert check(filled, BUCKET_NAME="Bad_Name", SOURCE_URL="ftp://example.org").returncode == 0


def test_password_accepts_any_printable_character() -> None:
    assert check(**GOOD, UPLOAD_PASSWORD="""it's "$HOME" `id` \\ ü""").returncode == 0


@pytest.mark.parametrize("variable", VARIABLES)
def test_every_setting_is_empty_and_has_a_comment(variable: str) -> None:
    (explanation,) = re.findall(rf"^{variable}='' +# (.+)$", SCRIPT.read_text(), re.MULTILINE)
    assert len(explanation) > 10
    assert f"`{variable}`" in (ROOT / "docs" / "aws.md").read_text()


def test_environment_can_give_every_setting() -> None:
    (names,) = re.findall(r'^SETTINGS="([^"]+)"$', SCRIPT.read_text(), re.MULTILINE)
    assert tuple(names.split()) == VARIABLES
