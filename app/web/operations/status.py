"""Read the status of the site, for the admin's page, the command and the metrics."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from app.services.operations.machine import read_machine
from app.services.operations.site_status import SiteStatus, StatusService
from app.web.context import app_context

_ROOT = Path(__file__).parent.parent.parent.parent


def status_service() -> StatusService:
    """Return the service that reads the status."""
    context = app_context()
    name = "AWS" if context.config.photo_bucket else "folder"
    return StatusService(
        context.services.backend,
        name,
        lambda: datetime.now(UTC),
        is_weekly=context.config.operations.weekly_check,
    )


def read_status() -> SiteStatus:
    """Return the status of the site on this machine."""
    config = app_context().config
    is_on_aws = config.photo_bucket is not None
    folder = Path(tempfile.gettempdir()) if is_on_aws else config.photo_dir
    machine = read_machine(_ROOT, folder, config.operations.certificate_expiry_file)
    return status_service().read(machine)
