"""Select photos of any listing, and change them at once.

Each photo is authorized and changed on its own. Each change may be repeated, so a form that is sent
twice does no harm.
"""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.domain.errors import InvalidText
from app.web.auth import guest_access
from app.web.bulk.deletable import deletable
from app.web.bulk.each_photo import apply_to_each
from app.web.bulk.steps import while_time_remains
from app.web.caching import keep_out_of_search_engines
from app.web.errors import form_error
from app.web.listings.selectable import SelectableListing, requested_listing
from app.web.pages.selection.selection_page import Outcome, SelectionPage, render
from app.web.pages.selection.verbs import ENTERED, VERBS, Verb, verb_of
from app.web.pagination import is_past_newest
from app.web.redirects import back_path
from app.web.selection_forms import BulkForm

_VERB = f"any({', '.join([*VERBS, ENTERED])})"

blueprint = Blueprint("selection", __name__, url_prefix="/photos/select")


@blueprint.before_request
def require_own_uploads() -> None:
    """Reject visitors who may have no uploads: they have no photos to change."""
    guest_access.require_own_uploads()


@blueprint.get("")
def show() -> ResponseReturnValue:
    """Show one page of a listing; `?select=` selects all of its photos, or those of a day."""
    listing = requested_listing()
    if listing.has_boxes:
        return redirect(listing.page_url(select=request.args.get("select")))
    selection = SelectionPage.read(listing)
    if is_past_newest(selection.page):
        return redirect(listing.selection_url())
    form = BulkForm(formdata=None, photo=selection.chosen())
    return keep_out_of_search_engines(render(selection, form))


@blueprint.get(f"/<{_VERB}:verb>")
def show_after(verb: str) -> ResponseReturnValue:  # noqa: ARG001  of the URL
    """Show the page to a visitor who opens the address of a change."""
    return redirect(requested_listing().page_url(), 303)


@blueprint.post(f"/<{_VERB}:verb>")
def run(verb: str) -> ResponseReturnValue:
    """Change the selected photos, and show the page again. Ask before a deletion."""
    listing = requested_listing()
    form = BulkForm.submitted()
    try:
        action = verb_of(verb, form)
        chosen = form.chosen()
        change = action.read(form)
    except InvalidText as error:
        form.add_error(error)
        return form_error(error, lambda: render(SelectionPage.read(listing), form))
    if verb == "delete" and "confirm" not in request.form:
        return _confirm_delete(listing, chosen)
    result = apply_to_each(while_time_remains(chosen), change, action.require)
    tried = len(result.changed) + len(result.errors)
    outcome = Outcome(result, left=len(chosen) - tried)
    if result.errors or outcome.left:
        return _partial_response(listing, form, outcome, chosen[tried:])
    return _finish(listing, action, outcome)


def _confirm_delete(listing: SelectableListing, chosen: list[str]) -> str:
    return render_template(
        "selection/confirm_delete.html",
        summaries=deletable(chosen),
        listing=listing,
    )


def _partial_response(
    listing: SelectableListing, form: BulkForm, outcome: Outcome, left: list[str]
) -> ResponseReturnValue:
    """Show the page again, with the photos selected that were not changed."""
    errors = outcome.result.errors
    form.photo.data = [item.photo_id for item in errors] + left
    if not errors:
        return render(SelectionPage.read(listing), form, outcome)
    error = errors[0].error
    return form_error(error, lambda: render(SelectionPage.read(listing), form, outcome))


def _finish(listing: SelectableListing, action: Verb, outcome: Outcome) -> ResponseReturnValue:
    """Report the change, and go back."""
    action.report(outcome.result, listing)
    return redirect(back_path() or listing.page_url(), 303)
