"""Validators of single settings. Each raises ValidationError with a message for the operator."""

import os
import re
from collections.abc import Callable, Mapping
from datetime import UTC, tzinfo
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import environs
from environs import ValidationError
from limits import parse_many

from app.domain.errors import InvalidText
from app.domain.image.credit_choice import LICENSE_NAMES, OTHER, CreditChoice
from app.domain.tags import clean_tags
from app.domain.tokens.access_token import PREFIX

# Characters. 8 is the minimum of NIST SP 800-63B, section 5.1.1.2. Everyone on the internet may
# guess the passwords of a site on AWS, so they are longer.
MIN_PASSWORD = 8
MIN_PASSWORD_ON_AWS = 12
MAX_SITE_ABOUT = 300  # characters
REGION = "must be a region such as us-east-1 or ap-northeast-2."


def bucket_name(text: str) -> None:
    """Check the rules for general purpose buckets (Amazon S3 User Guide, "Bucket naming rules")."""
    if text and not (
        re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", text)
        and ".." not in text
        and not re.fullmatch(r"[\d.]+", text)
        and not text.startswith(("xn--", "sthree-", "amzn-s3-demo-"))
        and not text.endswith(("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"))
    ):
        raise ValidationError("must be 3 to 63 lower-case letters, digits, dots and hyphens.")


def table_name(text: str) -> None:
    """Check DynamoDB's rule of 3 to 255 characters, less the suffix of the other tables."""
    if text and not re.fullmatch(r"[A-Za-z0-9_.-]{3,240}", text):
        raise ValidationError("must be 3 to 240 letters, digits, dots, hyphens and underscores.")


def region(text: str) -> None:
    """Check that `text` may be a region: those of other object stores are `auto` or `garage`."""
    if text and not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", text):
        raise ValidationError(REGION)


def is_aws_region(text: str) -> bool:
    """Return whether `text` looks like an AWS region."""
    return re.fullmatch(r"[a-z]{2,}(-[a-z]+)+-\d+", text) is not None


def distribution_id(text: str) -> None:
    """Check that `text` looks like the id of a CloudFront distribution."""
    if text and not re.fullmatch(r"[A-Z0-9]{8,32}", text):
        raise ValidationError("must be the id of a distribution such as E2QWRUHAPOMQZL.")


def tags(text: str) -> None:
    """Check tags that are separated by commas."""
    try:
        clean_tags(text)
    except InvalidText as error:
        raise ValidationError(str(error)) from error


def split_tags(text: str) -> tuple[str, ...]:
    """Return the tags, normalized; none if one is invalid, which `tags` reports."""
    try:
        return clean_tags(text)
    except InvalidText:
        return ()


def secret(text: str) -> None:
    """Check the length of the secret key."""
    if text and len(text.strip()) < 16:
        raise ValidationError(
            "must have at least 16 characters. To generate one: "
            "python3 -c 'import secrets; print(secrets.token_hex())'"
        )


def password_problems(upload: str | None, admin: str | None, *, on_aws: bool) -> dict[str, str]:
    """Return why the passwords can't be used, by setting."""
    min_length = MIN_PASSWORD_ON_AWS if on_aws else MIN_PASSWORD
    passwords = {"UPLOAD_PASSWORD": upload, "ADMIN_PASSWORD": admin}
    problems = {
        name: f"must have at least {min_length} characters."
        for name, password in passwords.items()
        if password and len(password) < min_length
    }
    problems |= {
        name: f"must not begin with {PREFIX}, as access tokens do."
        for name, password in passwords.items()
        if password and password.startswith(PREFIX)
    }
    if upload and upload == admin:
        problems["ADMIN_PASSWORD"] = "must differ from UPLOAD_PASSWORD."  # noqa: S105  a message
    return problems


def folder_problem(folder: Path) -> str | None:
    """Return why `folder` can't store photos, or None."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return f"{folder} can't be created: {error.strerror}."
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"{folder} is not writable for the site's user."
    return None


def web_address(text: str) -> None:
    """Check that `text` is an HTTP(S) URL. Pages have it, so it must not contain a password."""
    if text and not (_ADDRESS.fullmatch(text) and _has_hostname_alone(text)):
        raise ValidationError(
            "must be a URL such as https://photos.example.org, without a user and a password."
        )


def _has_hostname_alone(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:  # for example an invalid IPv6 address
        return False
    return bool(parts.hostname) and "@" not in parts.netloc


# The URL becomes part of the Content-Security-Policy, so it must not contain separators.
_ADDRESS = re.compile(r"https?://[A-Za-z0-9._~:/%@\[\]+-]+")


def credit_choice(name: str, license_: str) -> CreditChoice:
    """Return the site's default. `license_` is a name of a license, a URL, or empty."""
    if license_ and license_ not in LICENSE_NAMES:
        return CreditChoice(credit=name or None, license=OTHER, license_url=license_)
    return CreditChoice(credit=name or None, license=license_ or None)


def credit(text: str) -> None:
    """Check the name that photos are credited to."""
    _check_choice(credit_choice(text, ""))


def license_(text: str) -> None:
    """Check the name or the address of a license."""
    try:
        _check_choice(credit_choice("", text))
    except ValidationError as error:
        names = ", ".join(name for name in LICENSE_NAMES if name != OTHER)
        raise ValidationError(f"must be one of {names}, or a URL.") from error


def _check_choice(choice: CreditChoice) -> None:
    try:
        choice.validated()
    except InvalidText as error:
        raise ValidationError(str(error)) from error


def split_names(text: str) -> tuple[str, ...]:
    """Return the names of a list separated by commas, in lower case."""
    names = (name.strip() for name in text.lower().split(","))
    return tuple(name for name in names if name)


def host_names(text: str) -> None:
    """Check a list of host names, separated by commas."""
    if not all(_HOST.fullmatch(name) for name in split_names(text)):
        raise ValidationError(
            "must be host names such as photos.example.org,.example.net without scheme and port."
        )


_HOST = re.compile(r"\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:]+\]")


def proxy_headers(text: str) -> None:
    """Check a list of names of forwarded headers, separated by commas."""
    unknown = set(split_names(text)) - {"host", "port", "prefix"}
    if unknown:
        raise ValidationError("must be names of host, port and prefix, separated by commas.")


def rate_limit(text: str) -> None:
    """Check that the `limits` library can parse the rate."""
    try:
        parse_many(text)
    except ValueError as error:
        raise ValidationError("must be a rate such as 10 per minute; 50 per hour.") from error


def site_about(text: str) -> None:
    """Check that the text about the site is short and on one line."""
    if len(text) > MAX_SITE_ABOUT or not text.isprintable():
        raise ValidationError(f"must be one line of at most {MAX_SITE_ABOUT} characters.")


def timezone(text: str) -> None:
    """Check that the machine knows a time zone of this name."""
    try:
        to_timezone(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: the name of a region
        raise ValidationError(
            "must be a time zone that this machine knows, such as Asia/Seoul."
        ) from error


def to_timezone(text: str) -> tzinfo:
    """Return the time zone of this IANA name, UTC if it is empty."""
    return ZoneInfo(text) if text else UTC


def parse_errors(seal: Callable[[], None]) -> dict[str, str]:
    """Return one message for each invalid setting, by its name.

    Args:
        seal: Raises the error of environs that has the messages.
    """
    try:
        seal()
    except environs.EnvValidationError as error:
        messages: Mapping[str, list[str]] = error.error_messages  # type: ignore[assignment]  # a dict
        return {name: " ".join(texts) for name, texts in messages.items()}
    return {}
