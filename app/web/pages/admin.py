"""Show the admin the new, hidden and deleted photos of the whole site."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain import object_keys, usage
from app.domain.usage import Usage
from app.web.auth import access
from app.web.context import photo_service
from app.web.pagination import is_past_newest, read_page
from app.web.redirects import current_path

LISTINGS = {
    "index": object_keys.PUBLIC_LISTING,
    "hidden": object_keys.HIDDEN_LISTING,
    "deleted": object_keys.TRASH_LISTING,
}
MAX_UPLOAD_DAYS = 14  # the most days in the table of uploads
MAX_TRASH_DAYS = 31  # the most days on which a deleted photo can expire

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


@dataclass(frozen=True, slots=True)
class StorageStats:
    """How much the site stores: one read for each attribute.

    Attributes:
        kept: All photos that are not in the trash.
        trashed: All photos in the trash.
        days: The last days with uploads that are still kept, newest first.
    """

    kept: Usage
    trashed: Usage
    days: tuple[Usage, ...]

    @classmethod
    def read(cls) -> "StorageStats":
        """Read the counters."""
        site = photo_service().usage((usage.SITE, usage.SITE), 1)
        return cls(
            kept=site[0] if site else Usage(usage.SITE),
            trashed=_read_trash(),
            days=photo_service().usage(usage.DAYS, MAX_UPLOAD_DAYS),
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
    )


def _read_trash() -> Usage:
    """Add up the counters of the days on which photos in the trash expire."""
    today = datetime.now(UTC).date()
    days = photo_service().usage(usage.trash_counters(usage.SITE, today), MAX_TRASH_DAYS)
    photos = sum(day.photos for day in days)
    size = sum(day.bytes for day in days)
    return Usage(usage.SITE, photos, size)
