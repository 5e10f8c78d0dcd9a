"""Let the admin hide or delete all photos of one contributor.

A request works for a few seconds on at most one page of photos: see `contributor_actions`. The page
that it leads to continues.
"""

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.domain import object_keys, usage
from app.domain.errors import StorageError
from app.web.auth import access
from app.web.bulk.contributor_actions import (
    ACTIONS,
    Position,
    delete_position,
    run_batch,
    show_position,
    store_position,
    stored_position,
)
from app.web.bulk.progress import Progress, progress_page
from app.web.pagination import is_past_newest, read_page
from app.web.redirects import current_path, see_other
from app.web.rendering.cache_notice import with_cache_notice
from app.web.rendering.i18n import ngettext
from app.web.storage_use import kept_usage, trashed_usage

blueprint = Blueprint(
    "contributors", __name__, url_prefix="/admin/contributors/<string(length=32):owner>"
)


@blueprint.before_request
def require_admin() -> None:
    """Reject every other visitor."""
    access.require_admin()


@blueprint.get("")
def show(owner: str) -> ResponseReturnValue:
    """Show the contributor's public and hidden photos, and what can be done with all of them."""
    page = read_page(object_keys.owner_listing(owner))
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
    """Ask for confirmation, or show once how far the action has come."""
    _require_action(verb)
    position = show_position(owner, verb)
    if position:
        position_id = request.args["position"]
        return _progress_page(owner, verb, position, position_id)
    return render_template(
        "contributors/confirm.html", owner=owner, verb=verb, total=_count_photos(owner)
    )


@blueprint.post("/<verb>")
def run(owner: str, verb: str) -> ResponseReturnValue:
    """Apply the action to the next photos. A page that has continued already asks again."""
    _require_action(verb)
    position = _begin_or_continue(owner, verb)
    if position is None:
        return see_other(".confirm", owner=owner, verb=verb)
    following, error = run_batch(owner, verb, position)
    if error:
        position_id = store_position(owner, verb, following, is_shown=True)
        return _progress_page(owner, verb, following, position_id, error)
    if not following.is_end:
        position_id = store_position(owner, verb, following)
        return see_other(".confirm", owner=owner, verb=verb, position=position_id)
    delete_position()
    _flash_result(verb, following)
    return see_other(".show", owner=owner)


def _require_action(verb: str) -> None:
    if verb not in ACTIONS:
        abort(404)


def _begin_or_continue(owner: str, verb: str) -> Position | None:
    """Return the first position if the question was answered, otherwise the stored one, if any."""
    if "position" in request.args:
        return stored_position(owner, verb)
    return Position(total=_count_photos(owner))


def _count_photos(owner: str) -> int:
    counter = usage.owner_counter(owner)
    return kept_usage(counter).photos + trashed_usage(counter).photos


def _progress_page(
    owner: str,
    verb: str,
    position: Position,
    position_id: str,
    error: StorageError | None = None,
) -> Response:
    tried = position.done + position.failed
    total = max(position.total, tried)
    return progress_page(
        "contributors/progress.html",
        Progress(done=tried, total=total, storage_error=error),
        owner=owner,
        verb=verb,
        position_id=position_id,
    )


def _flash_result(verb: str, position: Position) -> None:
    flash(with_cache_notice(_success_text(verb, position.done)), "success")
    if failed := position.failed:
        text = ngettext(
            "%(count)s photo could not be changed. Try again in a few minutes.",
            "%(count)s photos could not be changed. Try again in a few minutes.",
            failed,
            count=failed,
        )
        flash(text, "error")


def _success_text(verb: str, count: int) -> str:
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
    return texts[verb]
