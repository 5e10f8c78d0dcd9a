"""The settings, read from the environment once, here and nowhere else."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import click
from environs import Env, EnvValidationError, ValidationError, validate
from limits import parse_many

from app.domain.file_sizes import GB, MB


class ConfigError(click.ClickException):
    """Settings are missing or wrong; the message names every one of them and its mend."""

    def __init__(self, problems: dict[str, str]) -> None:
        lines = "\n".join(f"  {name}: {problem}" for name, problem in sorted(problems.items()))
        super().__init__(f"Shoebox can't start. These settings need mending:\n{lines}")
        self.problems = problems


@dataclass(frozen=True, kw_only=True)
class Config:
    """Every setting, typed. With `photo_bucket` set the home is AWS, without it the folder `photo_dir`."""

    photo_dir: Path = Path("data")
    runtime_dir: Path | None = (
        None  # what the processes of one machine share for a while; else it is in `photo_dir`
    )
    photo_bucket: str | None = None
    photo_table: str | None = None  # the listings live in a second table, `<photo_table>-listings`
    aws_region: str | None = None
    aws_endpoint_url: str | None = None
    media_base_url: str | None = None  # a CDN before the bucket; no slash at the end
    site_title: str = "Shoebox"
    secret_key: str | None = None  # the embedded home makes its own
    upload_password: str | None = None
    admin_password: str | None = None
    max_upload_mb: int = 50  # one photo
    max_request_mb: int = 500  # all photos of one form together
    max_pixels: int = 200_000_000
    keep_location: bool = False
    image_workers: int = 1  # processes that prepare photos, for each process that serves
    trusted_hosts: tuple[
        str, ...
    ] = ()  # names that the site is served under; none: whatever name it is asked by
    proxy_hops: int = 0  # proxies before the app that set X-Forwarded-For and -Proto
    max_photos_per_contributor: int | None = None  # quotas count the deleted photos of 30 days too
    max_mb_per_contributor: int | None = (
        None  # of originals; their renditions come to about a third more
    )
    max_photos: int | None = None
    max_gb: int | None = None  # of originals
    upload_rate_limit: str = "300 per minute; 3000 per hour"  # one address
    login_rate_limit: str = "10 per minute; 50 per hour"  # one address
    request_log: bool = False  # a line of JSON on stdout for each request
    host: str = "127.0.0.1"
    port: int = 8000

    @property
    def max_upload_bytes(self) -> int:
        """What one photo may have, in bytes."""
        return self.max_upload_mb * MB

    @property
    def max_request_bytes(self) -> int:
        """What one form may have, in bytes."""
        return self.max_request_mb * MB

    @property
    def max_bytes_per_contributor(self) -> int | None:
        """The most bytes of originals of one contributor."""
        return _to_bytes(self.max_mb_per_contributor, MB)

    @property
    def max_bytes(self) -> int | None:
        """The most bytes of originals of the site."""
        return _to_bytes(self.max_gb, GB)

    @property
    def catalog_file(self) -> Path:
        """The embedded home's SQLite file."""
        return self.photo_dir / "catalog.sqlite3"

    def check_catalog_exists(self) -> None:
        """Raise ConfigError where the catalog of photos that are there is lost: a site would show none of them."""
        records = self.photo_dir / "objects" / "records"
        if not self.photo_bucket and not self.catalog_file.exists() and any(records.glob("*.json")):
            mend = "Put back a backup, or make it anew from the photos' records: flask --app app rebuild --apply"
            raise ConfigError(
                {"PHOTO_DIR": f"{self.catalog_file} is missing, although there are photos. {mend}"}
            )

    @classmethod
    def from_env(cls) -> "Config":
        """Read the environment. Raises ConfigError naming every missing or wrong setting at once."""
        env = Env(eager=False)
        config = cls(
            photo_dir=Path(env.str("PHOTO_DIR", "") or cls.photo_dir),
            runtime_dir=Path(runtime) if (runtime := env.str("RUNTIME_DIRECTORY", "")) else None,
            photo_bucket=env.str("PHOTO_BUCKET", "", validate=_bucket_name) or None,
            photo_table=env.str("PHOTO_TABLE", "", validate=_table_name) or None,
            aws_region=env.str("AWS_REGION", "", validate=_region) or None,
            aws_endpoint_url=env.str("AWS_ENDPOINT_URL", "", validate=_web_address) or None,
            media_base_url=(env.str("MEDIA_BASE_URL", "", validate=_web_address) or "").rstrip("/")
            or None,
            site_title=(
                env.str("SITE_TITLE", "", validate=validate.Length(max=100)) or cls.site_title
            ),
            secret_key=env.str("SECRET_KEY", "", validate=_secret) or None,
            upload_password=env.str("UPLOAD_PASSWORD", "") or None,
            admin_password=env.str("ADMIN_PASSWORD", "") or None,
            max_upload_mb=env.int(
                "MAX_UPLOAD_MB", cls.max_upload_mb, validate=validate.Range(1, 1024)
            ),
            max_request_mb=env.int(
                "MAX_REQUEST_MB", cls.max_request_mb, validate=validate.Range(1, 4096)
            ),
            max_pixels=env.int(
                "MAX_PIXELS", cls.max_pixels, validate=validate.Range(1_000_000, 1_000_000_000)
            ),
            keep_location=env.bool("KEEP_LOCATION", cls.keep_location),
            image_workers=env.int(
                "IMAGE_WORKERS", cls.image_workers, validate=validate.Range(1, 64)
            ),
            trusted_hosts=_split_hosts(env.str("TRUSTED_HOSTS", "", validate=_host_names) or ""),
            proxy_hops=env.int("PROXY_HOPS", cls.proxy_hops, validate=validate.Range(0, 10)),
            max_photos_per_contributor=_optional_limit(env, "MAX_PHOTOS_PER_CONTRIBUTOR"),
            max_mb_per_contributor=_optional_limit(env, "MAX_MB_PER_CONTRIBUTOR"),
            max_photos=_optional_limit(env, "MAX_PHOTOS"),
            max_gb=_optional_limit(env, "MAX_GB"),
            upload_rate_limit=env.str(
                "UPLOAD_RATE_LIMIT", cls.upload_rate_limit, validate=_rate_limit
            ),
            login_rate_limit=env.str(
                "LOGIN_RATE_LIMIT", cls.login_rate_limit, validate=_rate_limit
            ),
            request_log=env.bool("REQUEST_LOG", cls.request_log),
            host=env.str("HOST", "") or cls.host,
            port=env.int("PORT", cls.port, validate=validate.Range(1, 65535)),
        )
        problems = _parse_errors(env)
        contradictions = _cross_field_errors(config, trusted=not problems)
        problems |= {name: text for name, text in contradictions.items() if name not in problems}
        if problems:
            raise ConfigError(problems)
        return config


def _to_bytes(number: int | None, unit: int) -> int | None:
    return None if number is None else number * unit


def _optional_limit(env: Env, name: str) -> int | None:
    """A quota: a whole number, or none at all where it is not set."""
    most: int | None = env.int(name, None, validate=validate.Range(1))
    return most


def _parse_errors(env: Env) -> dict[str, str]:
    try:
        env.seal()
    except EnvValidationError as error:
        messages: Mapping[str, list[str]] = error.error_messages  # type: ignore[assignment]  # seal() gives a mapping
        return {name: " ".join(texts) for name, texts in messages.items()}
    return {}


def _cross_field_errors(config: Config, *, trusted: bool) -> dict[str, str]:
    """Settings that don't go together; figures are compared only once all of them are `trusted` to be figures."""
    problems: dict[str, str] = {}
    if trusted and not config.photo_bucket and (problem := _folder_problem(config.photo_dir)):
        problems["PHOTO_DIR"] = problem
    if config.photo_bucket or config.photo_table:
        needed = ("PHOTO_BUCKET", "PHOTO_TABLE", "AWS_REGION", "SECRET_KEY")
        missing = (name for name in needed if not getattr(config, name.lower()))
        problems |= dict.fromkeys(
            missing, f"needed when photos are kept on AWS, as are all of {', '.join(needed)}."
        )
    if config.upload_password and config.upload_password == config.admin_password:
        problems["ADMIN_PASSWORD"] = (
            "must differ from UPLOAD_PASSWORD, or whoever may upload may delete everything."  # noqa: S105  a message
        )
    if trusted and config.max_request_mb < config.max_upload_mb:
        problems["MAX_REQUEST_MB"] = (
            "must be at least MAX_UPLOAD_MB, or the largest photo fits in no form."
        )
    return problems


def _folder_problem(folder: Path) -> str | None:
    """Why photos can't be kept in `folder`, or None."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return f"{folder} can't be made: {error.strerror}."
    return (
        None
        if os.access(folder, os.W_OK | os.X_OK)
        else f"{folder} can't be written. Give its user the folder."
    )


def _bucket_name(text: str) -> None:
    """S3's rules for general purpose buckets (Amazon S3 User Guide, "Bucket naming rules")."""
    if text and not (
        re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", text)
        and ".." not in text
        and not re.fullmatch(r"[\d.]+", text)
        and not text.startswith(("xn--", "sthree-", "amzn-s3-demo-"))
        and not text.endswith(("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"))
    ):
        raise ValidationError(
            "a bucket's name is 3 to 63 lower-case letters, digits, dots and hyphens."
        )


def _table_name(text: str) -> None:
    """DynamoDB's rule of 3 to 255 characters, with room for the listings table's ending."""
    if text and not re.fullmatch(r"[A-Za-z0-9_.-]{3,240}", text):
        raise ValidationError(
            "a table's name is 3 to 240 letters, digits, dots, hyphens and underscores."
        )


def _region(text: str) -> None:
    if text and not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", text):
        raise ValidationError("a region looks like us-east-1 or ap-northeast-2.")


def _secret(text: str) -> None:
    if text and len(text.strip()) < 16:
        raise ValidationError(
            "must have 16 characters or more: python3 -c 'import secrets; print(secrets.token_hex())'"
        )


def _web_address(text: str) -> None:
    if text and not (_ADDRESS.fullmatch(text) and urlsplit(text).hostname):
        raise ValidationError("must be a web address such as https://photos.example.org.")


# What also stands in the content security policy may hold nothing that would end a directive there.
_ADDRESS = re.compile(r"https?://[A-Za-z0-9._~:/%@\[\]+-]+")


def _split_hosts(text: str) -> tuple[str, ...]:
    return tuple(name for part in text.lower().split(",") if (name := part.strip()))


def _host_names(text: str) -> None:
    if not all(_HOST.fullmatch(name) for name in _split_hosts(text)):
        raise ValidationError(
            "must be names such as photos.example.org,.example.net without scheme and port."
        )


_HOST = re.compile(r"\.?[a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:]+\]")


def _rate_limit(text: str) -> None:
    try:
        parse_many(text)
    except ValueError as error:
        raise ValidationError("a rate looks like 10 per minute; 50 per hour.") from error
