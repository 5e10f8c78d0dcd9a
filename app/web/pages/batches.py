"""Change all photos of one batch. The page of a batch is a page of `my_uploads`.

A request changes at most 100 photos: see `batch_actions`. The page that it ends with continues.
"""

import math
import time
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.batches import LIFETIME, Batch
from app.domain.errors import InvalidText, PhotoNotFound
from app.domain.photo_summary import PhotoState
from app.web.auth import contributor_cookie, guest_access
from app.web.bulk import batch_actions
from app.web.bulk.batch_actions import BatchAction, Step, run_step
from app.web.bulk.progress import Progress, progress_page
from app.web.errors import form_error
from app.web.listings.batch_pages import batch_of, read_batch
from app.web.redirects import flash_with_undo, see_other
from app.web.rendering.cache_notice import with_cache_notice
from app.web.rendering.formatting import format_number
from app.web.rendering.i18n import ngettext
from app.web.rendering.state_messages import (
    CountText,
    flash_states,
    published,
    restored,
    updated,
)
from app.web.selection_forms import BatchForm, parse_count

_VERB = "any(delete, restore, publish, tags)"

blueprint = Blueprint("batches", __name__, url_prefix="/uploads/batches/<name>")


@blueprint.before_request
def require_own_uploads() -> None:
    """Reject visitors who may have no uploads: they have no batches."""
    guest_access.require_own_uploads()


@blueprint.get("")
def edit(name: str) -> ResponseReturnValue:
    """Show the form that changes all photos of the batch."""
    return _edit_page(batch_of(name), BatchForm(formdata=None))


@blueprint.post(f"/<{_VERB}:verb>")
def run(name: str, verb: str) -> ResponseReturnValue:
    """Apply the action to the next photos, and go back to the batch after the last one."""
    batch = batch_of(name)
    form = BatchForm.submitted()
    shown_at = _shown_at(verb)
    try:
        action = _action(verb, form, shown_at)
    except InvalidText as error:
        form.add_error(error)
        return form_error(error, lambda: _edit_page(batch, form))
    step = run_step(action, batch, _owner(batch), form.position)
    if not step.is_last:
        return _progress_page(batch, verb, form, step, shown_at)
    _flash_result(batch, verb, step, shown_at)
    return see_other("my_uploads.index", batch=name)


@blueprint.get(f"/<{_VERB}:verb>")
def show(name: str, verb: str) -> ResponseReturnValue:  # noqa: ARG001  of the URL
    """Show the batch to a visitor who opens the address of an action."""
    return see_other("my_uploads.index", batch=batch_of(name).name)


def _action(verb: str, form: BatchForm, shown_at: int) -> BatchAction:
    """Return the action. Raises InvalidText."""
    match verb:
        case "delete":
            return batch_actions.delete_shown(datetime.fromtimestamp(shown_at, UTC))
        case "restore":
            return batch_actions.restore_shown(datetime.fromtimestamp(shown_at, UTC))
        case "publish":
            return batch_actions.publish(*form.optional_tags())
    return batch_actions.retag(*form.tags())


def _owner(batch: Batch) -> str:
    owner = contributor_cookie.current_owner()
    if owner is None:
        raise PhotoNotFound(batch.name)
    return owner


def _shown_at(verb: str) -> int:
    """Return when the page whose photos are deleted was shown, in seconds since 1970.

    A batch takes photos for a day. A page that is older, or a time that no page has sent, counts as
    one that is shown now.
    """
    shown_at = parse_count(request.args.get("shown"))
    now = math.ceil(time.time())
    is_recent = now - LIFETIME.total_seconds() <= shown_at <= now
    return shown_at if is_recent or verb != "delete" else now


def _total() -> int:
    """Return the number of photos that the action is for, 0 if it is not known."""
    return parse_count(request.args.get("total"))


def _url_of(batch: Batch, verb: str, **numbers: int) -> str:
    parameters: dict[str, Any] = {name: number or None for name, number in numbers.items()}
    return url_for(".run", name=batch.name, verb=verb, **parameters)


def _undo_url(batch: Batch, done: int, shown_at: int) -> str:
    return _url_of(batch, "restore", shown=shown_at, total=done)


def _edit_page(batch: Batch, form: BatchForm) -> str:
    page = read_batch(batch, _owner(batch))
    if not page.summaries:
        raise PhotoNotFound(batch.name)
    return render_template("batches/edit.html", page=page, form=form)


def _progress_page(
    batch: Batch, verb: str, form: BatchForm, step: Step, shown_at: int
) -> ResponseReturnValue:
    done, total = step.position.done, _total()
    return progress_page(
        "batches/progress.html",
        Progress.of(step.errors, done=done, total=total, has_progress=step.has_progress),
        batch=batch,
        verb=verb,
        form=form,
        position=step.position,
        action=_url_of(batch, verb, shown=shown_at, total=total),
        undo=_undo_url(batch, done, shown_at) if verb == "delete" and done else "",
    )


def _flash_result(batch: Batch, verb: str, step: Step, shown_at: int) -> None:
    """Say how many photos were changed. A form that was sent again may have changed none."""
    done = step.position.done
    if not done:
        return
    if verb == "delete":
        shown = format_number(done)
        text = ngettext("%(count)s photo deleted.", "%(count)s photos deleted.", done, count=shown)
        flash_with_undo(with_cache_notice(text), _undo_url(batch, done, shown_at))
    elif verb == "tags":
        flash(updated(done), "success")
    else:
        _flash_shown(published if verb == "publish" else restored, step)


def _flash_shown(text_of: CountText, step: Step) -> None:
    """Say which states the photos are in. Those of earlier requests are in that of the last one."""
    states = {photo.state for photo in step.changed}
    if step.position.done == len(step.changed):
        flash_states(step.changed, {PhotoState.PUBLIC: text_of})
    elif states == {PhotoState.PUBLIC}:
        flash(text_of(step.position.done), "success")
    else:
        flash(updated(step.position.done), "success")
