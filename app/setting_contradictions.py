"""Find settings that are valid, each by itself, and contradict each other."""

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app import config_validators, operator_settings
from app.domain.media.reads import MediaReads

if TYPE_CHECKING:
    from app.config import Config


def find(config: "Config", *, valid: bool) -> dict[str, str]:
    """Return the settings that contradict each other.

    Args:
        config: The settings.
        valid: Whether each setting is valid by itself. If not, numbers are not compared.

    Returns:
        A message for each of them, by the name of the environment variable.
    """
    problems: dict[str, str] = {}
    if valid and not config.photo_table:
        problem = config_validators.folder_problem(config.photo_dir)
        if problem:
            problems["PHOTO_DIR"] = problem
    if config.photo_table:
        needed = ("PHOTO_BUCKET", "PHOTO_TABLE", "SECRET_KEY")
        missing = (name for name in needed if not getattr(config, name.lower()))
        problems |= dict.fromkeys(
            missing, f"is required for the AWS backend, with all of {', '.join(needed)}."
        )
    problems |= _of_object_store(config)
    problems |= config_validators.password_problems(
        config.upload_password, config.admin_password, on_aws=config.photo_table is not None
    )
    if config.cloudfront_distribution_id and not (config.has_cdn and config.photo_table):
        problems["CLOUDFRONT_DISTRIBUTION_ID"] = "needs MEDIA_BASE_URL and the AWS backend."
    if not (config.operations.public_bucket or config.cloudfront_distribution_id):
        problems["PUBLIC_BUCKET"] = "requires CLOUDFRONT_DISTRIBUTION_ID if it is no."
    if valid and config.proxy_headers and not config.proxy_hops:
        problems["PROXY_HEADERS"] = "requires PROXY_HOPS, the number of proxies."
    problems |= operator_settings.find_problems(config.operations)
    if valid and config.max_request_mb < config.max_upload_mb:
        problems["MAX_REQUEST_MB"] = "must be at least MAX_UPLOAD_MB."
    if valid:
        problems |= config.remote_users.problems(config.proxy_hops)
    return problems


def _of_object_store(config: "Config") -> dict[str, str]:
    """Return the settings of the bucket and of its readers that contradict each other."""
    problems: dict[str, str] = {}
    endpoint = config.aws_endpoint_url_s3 or config.aws_endpoint_url
    region = config.aws_region
    if region and not endpoint and not config_validators.is_aws_region(region):
        problems["AWS_REGION"] = config_validators.REGION
    is_other_store = config.photo_bucket is not None and config.photo_table is None
    if config.media_reads is not MediaReads.PUBLIC:
        if not is_other_store:
            problems["MEDIA_READS"] = "requires PHOTO_BUCKET without PHOTO_TABLE."
        elif config.media_base_url:
            problems["MEDIA_BASE_URL"] = "requires MEDIA_READS=public."
    elif is_other_store and not _is_secure(config.media_base_url):
        problems["MEDIA_BASE_URL"] = "must begin with https://."
    return problems


def _is_secure(url: str | None) -> bool:
    """Return whether nothing between browsers and the server of `url` can replace photos."""
    parts = urlsplit(url or "")
    return not parts.hostname or parts.scheme == "https" or _is_loopback(parts.hostname)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
