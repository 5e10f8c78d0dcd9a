"""Find settings that are valid, each by itself, and contradict each other."""

from typing import TYPE_CHECKING

from app import config_validators, operator_settings

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
    if valid and not config.photo_bucket:
        problem = config_validators.folder_problem(config.photo_dir)
        if problem:
            problems["PHOTO_DIR"] = problem
    if config.photo_bucket or config.photo_table:
        needed = ("PHOTO_BUCKET", "PHOTO_TABLE", "SECRET_KEY")
        missing = (name for name in needed if not getattr(config, name.lower()))
        problems |= dict.fromkeys(
            missing, f"is required for the AWS backend, with all of {', '.join(needed)}."
        )
    problems |= config_validators.password_problems(
        config.upload_password, config.admin_password, on_aws=config.photo_bucket is not None
    )
    if config.cloudfront_distribution_id and not config.has_cdn:
        problems["CLOUDFRONT_DISTRIBUTION_ID"] = "needs MEDIA_BASE_URL and the AWS backend."
    if valid and config.proxy_headers and not config.proxy_hops:
        problems["PROXY_HEADERS"] = "requires PROXY_HOPS, the number of proxies."
    problems |= operator_settings.find_problems(config.operations)
    if valid and config.max_request_mb < config.max_upload_mb:
        problems["MAX_REQUEST_MB"] = "must be at least MAX_UPLOAD_MB."
    if valid:
        problems |= config.remote_users.problems(config.proxy_hops)
    return problems
