"""The keeper's page: what is new, hidden and deleted on the whole site, each a click from being undone."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain import object_keys, usage
from app.domain.usage import Usage
from app.web.auth import access
from app.web.context import library
from app.web.pages.gallery import CARDS, cursors

FEEDS = {"index": object_keys.ALL, "hidden": object_keys.HIDDEN, "deleted": object_keys.TRASH}

DAYS = 14
TRASH_DAYS = 31  # as many days as something may expire on

blueprint = Blueprint("keeper", __name__, url_prefix="/keeper")


@dataclass(frozen=True, slots=True)
class Figures:
    """What the site keeps: by one read each."""

    kept: Usage
    trashed: Usage
    days: tuple[Usage, ...]  # the last on which something came that is still kept, the latest first

    @classmethod
    def now(cls) -> "Figures":
        """As they stand."""
        trash = library().usage(usage.in_trash(usage.SITE, datetime.now(UTC).date()), TRASH_DAYS)
        return cls(
            kept=next(iter(library().usage((usage.SITE, usage.SITE), 1)), Usage(usage.SITE)),
            trashed=Usage(usage.SITE, sum(day.photos for day in trash), sum(day.bytes for day in trash)),
            days=library().usage(usage.DAYS, DAYS),
        )


@blueprint.before_request
def require_keeper() -> None:
    """Nobody else finds anything here."""
    access.require_keeper()


@blueprint.get("")
def index() -> ResponseReturnValue:
    """The newest uploads that everybody sees, beside what all photos take of the storage."""
    return _list("index", figures=Figures.now())


@blueprint.get("/hidden")
def hidden() -> ResponseReturnValue:
    """What is hidden, by the keeper or by whoever added it."""
    return _list("hidden")


@blueprint.get("/deleted")
def deleted() -> ResponseReturnValue:
    """What is in the trash."""
    return _list("deleted")


def _list(name: str, figures: Figures | None = None) -> ResponseReturnValue:
    before, after = cursors()
    page = library().page(FEEDS[name], CARDS, before=before, after=after).unexpired(time.time())
    if after and not page.newer:
        return redirect(url_for(f".{name}"))
    back = request.full_path.rstrip("?")
    return render_template("keeper/index.html", name=name, page=page, figures=figures, back=back)
