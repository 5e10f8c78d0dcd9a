"""Show the admin the new, hidden and deleted photos of the whole site."""

import time
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain import object_keys, usage
from app.domain.usage import Usage
from app.services.operations.run_results import RunKind, RunResult, last_results
from app.web.auth import access
from app.web.context import photo_service, report_service, storage_backend
from app.web.pagination import is_past_newest, read_page
from app.web.redirects import current_path
from app.web.storage_use import kept_usage, trashed_usage

LISTINGS = {
    "index": object_keys.PUBLIC_LISTING,
    "hidden": object_keys.HIDDEN_LISTING,
    "deleted": object_keys.TRASH_LISTING,
}
MAX_UPLOAD_DAYS = 14  # the most days in the table of uploads

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


@dataclass(frozen=True, slots=True)
class StorageStats:
    """How much the site stores: one read for each attribute.

    Attributes:
        kept: All photos that are not in the trash.
        trashed: All photos in the trash.
        days: The last days with uploads that are still kept, newest first.
        last_check: The result of the last check.
    """

    kept: Usage
    trashed: Usage
    days: tuple[Usage, ...]
    last_check: RunResult | None

    @classmethod
    def read(cls) -> "StorageStats":
        """Read the counters."""
        return cls(
            kept=kept_usage(usage.SITE),
            trashed=trashed_usage(usage.SITE),
            days=photo_service().usage(usage.DAYS, MAX_UPLOAD_DAYS),
            last_check=last_results(storage_backend().run_results).get(RunKind.CHECK),
        )


@blueprint.before_request
def require_admin() -> None:
    """Reject every other visitor."""
    access.require_admin()


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show the newest public photos and how much the site stores."""
    return _show("index", StorageStats.read())


@blueprint.get("/hidden")
def hidden() -> ResponseReturnValue:
    """Show the photos that the admin or their contributors have hidden."""
    return _show("hidden")


@blueprint.get("/deleted")
def deleted() -> ResponseReturnValue:
    """Show the photos in the trash."""
    return _show("deleted")


def _show(name: str, stats: StorageStats | None = None) -> ResponseReturnValue:
    page = read_page(LISTINGS[name])
    if is_past_newest(page):
        return redirect(url_for(f".{name}"))
    return render_template(
        "admin/index.html",
        name=name,
        page=page.without_expired(time.time()),
        stats=stats,
        back=current_path(),
        open_reports=report_service().count(),
    )
