"""The settings for operators: maintenance, metrics and facts about the machine."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import environs

from app.domain.tokens.access_token import PREFIX


class MetricsAccess(StrEnum):
    """Who may read `/metrics`."""

    OFF = "off"
    LOOPBACK = "loopback"  # programs on this machine
    TOKEN = "token"  # noqa: S105  programs that send METRICS_TOKEN


@dataclass(frozen=True, kw_only=True)
class OperatorSettings:
    """A part of `Config`."""

    weekly_check: bool = True  # whether deploy/install schedules `weekly`
    check_repair: bool = False  # whether `weekly` repairs what its check finds
    metrics: MetricsAccess = MetricsAccess.OFF
    metrics_token: str | None = None
    metrics_worker: str | None = None  # the number of the gunicorn worker, set by its configuration
    certificate_expiry_file: Path | None = None  # written by deploy/https
    public_bucket: bool = True  # whether everyone may read photos there, and not a CDN alone


DEFAULTS = OperatorSettings()


def from_env(env: environs.Env) -> OperatorSettings:
    """Read the settings. `env` collects errors."""
    expiry_file = env.str("CERTIFICATE_EXPIRY_FILE", "")
    return OperatorSettings(
        weekly_check=env.bool("WEEKLY_CHECK", DEFAULTS.weekly_check),
        check_repair=env.bool("CHECK_REPAIR", DEFAULTS.check_repair),
        metrics=env.enum("METRICS", DEFAULTS.metrics, enum=MetricsAccess, by_value=True),
        metrics_token=env.str("METRICS_TOKEN", "", validate=_token) or None,
        metrics_worker=env.str("METRICS_WORKER", "", validate=_worker) or None,
        certificate_expiry_file=Path(expiry_file) if expiry_file else None,
        public_bucket=env.bool("PUBLIC_BUCKET", DEFAULTS.public_bucket),
    )


def find_problems(settings: OperatorSettings) -> dict[str, str]:
    """Return the settings that contradict each other, each with a message."""
    if settings.metrics is MetricsAccess.TOKEN and not settings.metrics_token:
        return {"METRICS_TOKEN": "is required for METRICS=token."}
    return {}


def _token(text: str) -> None:
    if text and not (16 <= len(text) <= 200 and text.isascii() and text.isprintable()):
        raise environs.ValidationError("must be 16 to 200 ASCII characters.")
    if text.startswith(PREFIX):
        raise environs.ValidationError(f"must not begin with {PREFIX}, as access tokens do.")


def _worker(text: str) -> None:
    if text and not (len(text) <= 3 and text.isdigit() and text.isascii()):
        raise environs.ValidationError("must be a number below 1000.")
