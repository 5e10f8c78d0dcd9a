"""The admin's page: what is new, hidden and deleted on the whole site, each a click from being undone."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain import object_keys, usage
from app.domain.usage import Usage
from app.web.auth import access
from app.web.context import photo_service
from app.web.pages.gallery import PAGE_SIZE, cursors

FEEDS = {
    "index": object_keys.PUBLIC_LISTING,
    "hidden": object_keys.HIDDEN_LISTING,
    "deleted": object_keys.TRASH_LISTING,
}

DAYS = 14
TRASH_DAYS = 31  # as many days as something may expire on

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


@dataclass(frozen=True, slots=True)
class StorageStats:
    """What the site keeps: by one read each."""

    kept: Usage
    trashed: Usage
    days: tuple[Usage, ...]  # the last on which something came that is still kept, the latest first

    @classmethod
    def now(cls) -> "StorageStats":
        """As they stand."""
        trash = photo_service().usage(
            usage.trash_counters(usage.SITE, datetime.now(UTC).date()), TRASH_DAYS
        )
        return cls(
            kept=next(iter(photo_service().usage((usage.SITE, usage.SITE), 1)), Usage(usage.SITE)),
            trashed=Usage(
                usage.SITE, sum(day.photos for day in trash), sum(day.bytes for day in trash)
            ),
            days=photo_service().usage(usage.DAYS, DAYS),
        )


@blueprint.before_request
def require_admin() -> None:
    """Nobody else finds anything here."""
    access.require_admin()


@blueprint.get("")
def index() -> ResponseReturnValue:
    """The newest uploads that everybody sees, beside what all photos take of the storage."""
    return _list("index", figures=StorageStats.now())


@blueprint.get("/hidden")
def hidden() -> ResponseReturnValue:
    """What is hidden, by the admin or by whoever added it."""
    return _list("hidden")


@blueprint.get("/deleted")
def deleted() -> ResponseReturnValue:
    """What is in the trash."""
    return _list("deleted")


def _list(name: str, figures: StorageStats | None = None) -> ResponseReturnValue:
    before, after = cursors()
    page = (
        photo_service()
        .page(FEEDS[name], PAGE_SIZE, before=before, after=after)
        .without_expired(time.time())
    )
    if after and not page.newer:
        return redirect(url_for(f".{name}"))
    back = request.full_path.rstrip("?")
    return render_template("admin/index.html", name=name, page=page, figures=figures, back=back)
