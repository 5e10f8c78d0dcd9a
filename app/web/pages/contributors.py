"""Let the admin hide or delete all photos of one contributor.

A request works for a few seconds on at most one page of photos. The next one continues where it
stopped: the position is in the URL.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import takewhile

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain import object_keys, usage
from app.domain.errors import PhotoNotFound, StorageError
from app.domain.pages import Page
from app.domain.photo import Photo
from app.services.deadline import remaining_seconds
from app.web.auth import access
from app.web.bulk import BulkResult, apply_to_each
from app.web.context import photo_service
from app.web.pagination import PAGE_SIZE, cursors, is_past_newest, read_page
from app.web.redirects import current_path, see_other
from app.web.rendering.cache_notice import with_cache_notice
from app.web.rendering.i18n import ngettext
from app.web.storage_use import kept_usage, trashed_usage

blueprint = Blueprint(
    "contributors", __name__, url_prefix="/admin/contributors/<string(length=32):owner>"
)

# A request begins no further photo when less is left until its deadline.
MIN_SECONDS = 8.0
_MAX_COUNT = 10**9  # in a forged URL

Listing = Callable[[str], str]
_KEPT, _TRASH = object_keys.owner_listing, object_keys.owner_trash_listing


@dataclass(frozen=True, slots=True)
class Action:
    """What to do with every photo in the listings of a contributor, one listing after the other."""

    listings: tuple[Listing, ...]
    change: Callable[[Photo], Photo]


@dataclass(frozen=True, slots=True)
class Position:
    """How far an action has come, as parameters of the URL."""

    listing: int = 0  # index in Action.listings
    before: str | None = None  # the cursor in the listing
    done: int = 0  # photos
    failed: int = 0  # photos
    total: int = 0  # photos to begin with; 0 before the first request

    @classmethod
    def from_url(cls) -> "Position":
        """Return the position in the URL of the request. Raises PhotoNotFound for a bad cursor."""
        names = ("listing", "done", "failed", "total")
        numbers = {name: _bounded(request.args.get(name, 0, type=int)) for name in names}
        before, _after = cursors()
        return cls(before=before, **numbers)


def _bounded(number: int) -> int:
    return min(max(0, number), _MAX_COUNT)


def _hide(photo: Photo) -> Photo:
    return photo_service().hide(photo.photo_id, access.role_for(photo))


def _delete(photo: Photo) -> Photo:
    return photo_service().delete(photo.photo_id, access.role_for(photo))


def _purge(photo: Photo) -> Photo:
    deleted = _delete(photo)
    photo_service().purge_photo(photo.photo_id)
    return deleted


# Deleting includes the trash: the contributor could otherwise restore photos from there.
ACTIONS = {
    "hide": Action((_KEPT,), _hide),
    "delete": Action((_KEPT, _TRASH), _delete),
    "purge": Action((_KEPT, _TRASH), _purge),
}


@blueprint.before_request
def require_admin() -> None:
    """Reject every other visitor."""
    access.require_admin()


@blueprint.get("")
def show(owner: str) -> ResponseReturnValue:
    """Show the contributor's public and hidden photos, and what can be done with all of them."""
    page = read_page(_KEPT(owner))
    if is_past_newest(page):
        return redirect(url_for(".show", owner=owner))
    counter = usage.owner_counter(owner)
    return render_template(
        "contributors/show.html",
        owner=owner,
        page=page,
        kept=kept_usage(counter),
        trashed=trashed_usage(counter),
        back=current_path(),
    )


@blueprint.get("/<verb>")
def confirm(owner: str, verb: str) -> ResponseReturnValue:
    """Ask for confirmation, or show how far the action has come."""
    action = _action(verb)
    position = Position.from_url()
    if not position.total:
        position = replace(position, total=_count(owner, action))
    return render_template(
        "contributors/confirm.html",
        owner=owner,
        verb=verb,
        position=position,
        parameters=_parameters(position),
    )


@blueprint.post("/<verb>")
def run(owner: str, verb: str) -> ResponseReturnValue:
    """Apply the action to the next photos."""
    action = _action(verb)
    position = Position.from_url()
    if position.listing >= len(action.listings):
        abort(404)
    listing = action.listings[position.listing](owner)
    page = photo_service().page(listing, PAGE_SIZE, before=position.before)
    photo_ids = [summary.photo_id for summary in page.summaries]
    result = apply_to_each(_while_time_remains(photo_ids), action.change)
    _raise_storage_error(result)
    following = _next_position(position, page, result)
    if following.listing < len(action.listings):
        return see_other(".confirm", owner=owner, verb=verb, **_parameters(following))
    _flash_result(verb, following)
    return see_other(".show", owner=owner)


def _action(verb: str) -> Action:
    if verb not in ACTIONS:
        abort(404)
    return ACTIONS[verb]


def _count(owner: str, action: Action) -> int:
    counter = usage.owner_counter(owner)
    trashed = trashed_usage(counter).photos if _TRASH in action.listings else 0
    return kept_usage(counter).photos + trashed


def _while_time_remains(photo_ids: Iterable[str]) -> Iterator[str]:
    def has_time(_photo_id: str) -> bool:
        remaining = remaining_seconds()
        return remaining is None or remaining > MIN_SECONDS

    return takewhile(has_time, photo_ids)


def _raise_storage_error(result: BulkResult) -> None:
    """Raise the error that stopped the batch: the same request continues it later."""
    for item in result.errors:
        if isinstance(item.error, StorageError):
            raise item.error


def _next_position(position: Position, page: Page, result: BulkResult) -> Position:
    failed = [item for item in result.errors if not isinstance(item.error, PhotoNotFound)]
    counted = replace(
        position, done=position.done + len(result.changed), failed=position.failed + len(failed)
    )
    tried = len(result.changed) + len(result.errors)
    if tried < len(page.summaries):  # there was not enough time
        before = page.summaries[tried - 1].photo_id if tried else position.before
        return replace(counted, before=before)
    if page.older:
        return replace(counted, before=page.older)
    return replace(counted, listing=position.listing + 1, before=None)


def _parameters(position: Position) -> dict[str, str | int]:
    return {name: value for name, value in asdict(position).items() if value}


def _flash_result(verb: str, position: Position) -> None:
    count, failed = position.done, position.failed
    texts = {
        "hide": ngettext("%(count)s photo hidden.", "%(count)s photos hidden.", count, count=count),
        "delete": ngettext(
            "%(count)s photo deleted.", "%(count)s photos deleted.", count, count=count
        ),
        "purge": ngettext(
            "%(count)s photo deleted permanently.",
            "%(count)s photos deleted permanently.",
            count,
            count=count,
        ),
    }
    flash(with_cache_notice(texts[verb]), "success")
    if failed:
        text = ngettext(
            "%(count)s photo could not be changed. Try again in a few minutes.",
            "%(count)s photos could not be changed. Try again in a few minutes.",
            failed,
            count=failed,
        )
        flash(text, "error")
