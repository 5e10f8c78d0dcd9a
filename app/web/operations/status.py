"""Read the status of the site, for the admin's page, the command and the metrics."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from app.config import Config
from app.services.operations.machine import read_machine
from app.services.operations.site_status import SiteStatus, StatusService
from app.web.context import app_context

_ROOT = Path(__file__).parent.parent.parent.parent


def status_service() -> StatusService:
    """Return the service that reads the status."""
    context = app_context()
    return StatusService(
        context.services.backend,
        _backend_name(context.config),
        lambda: datetime.now(UTC),
        is_weekly=context.config.operations.weekly_check,
    )


def read_status() -> SiteStatus:
    """Return the status of the site on this machine."""
    config = app_context().config
    # On AWS nothing but temporary files is on the disk.
    folder = Path(tempfile.gettempdir()) if config.photo_table else config.photo_dir
    machine = read_machine(_ROOT, folder, config.operations.certificate_expiry_file)
    return status_service().read(machine)


def _backend_name(config: Config) -> str:
    """Return the name of the storage backend. Only that of a folder is translated."""
    if config.photo_table:
        return "AWS"
    return "S3 + SQLite" if config.photo_bucket else "folder"
