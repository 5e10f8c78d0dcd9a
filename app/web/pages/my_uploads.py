"""What a visitor has added, hidden and deleted photos too, to change many at once."""

import time
from contextlib import suppress

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from app.domain import object_keys
from app.domain.errors import InvalidText, PhotoNotFound
from app.domain.photo import Card, Page
from app.web.auth import access, contributor_cookie
from app.web.bulk import Outcome, change_each
from app.web.context import library
from app.web.errors import headers_of, status_of
from app.web.forms import ChoiceForm, TagsForm
from app.web.pages.gallery import CARDS, cursors
from app.web.redirects import back_to, offer_undo, see_other

FEEDS = {"index": object_keys.owner_feed, "deleted": object_keys.trash_feed}

blueprint = Blueprint("uploads", __name__, url_prefix="/uploads")


@blueprint.before_request
def require_upload() -> None:
    """Whoever may not add photos has none to change."""
    access.require_upload()


@blueprint.get("")
def index() -> ResponseReturnValue:
    """One page of the visitor's photos, public and hidden."""
    return _list("index", TagsForm)


@blueprint.get("/deleted")
def deleted() -> ResponseReturnValue:
    """One page of the visitor's photos that are in the trash."""
    return _list("deleted", ChoiceForm)


@blueprint.post("/tags")
def retag() -> ResponseReturnValue:
    """Give the chosen photos tags and take tags from them."""
    form = TagsForm()
    try:
        chosen, (add, remove) = form.chosen(), form.tags()
    except InvalidText as error:
        return _explained("index", form, error)
    outcome = change_each(chosen, lambda photo: library().retag(photo.photo_id, add, remove))
    if outcome.refusals:
        return _refused("index", form, outcome)
    count = len(outcome.changed)
    flash(ngettext("%(count)s photo saved.", "%(count)s photos saved.", count, count=count), "success")
    return see_other(".index", **place())


@blueprint.post("/delete")
def withdraw() -> ResponseReturnValue:
    """Delete the chosen photos once the visitor is `sure`, and offer to undo it."""
    form = TagsForm()
    try:
        chosen = form.chosen()
    except InvalidText as error:
        return _explained("index", form, error)
    if "sure" not in request.form:
        return render_template("uploads/delete.html", cards=_deletable(chosen), place=place())
    outcome = change_each(chosen, lambda photo: library().withdraw(photo.photo_id))
    if outcome.refusals:
        return _refused("index", form, outcome)
    count = len(outcome.changed)
    text = ngettext("%(count)s photo was deleted.", "%(count)s photos were deleted.", count, count=count)
    offer_undo(text, url_for(".restore", back=url_for(".index")), [photo.photo_id for photo in outcome.changed])
    return see_other(".index", **place())


@blueprint.post("/restore")
def restore() -> ResponseReturnValue:
    """Undo the deletion of the chosen photos."""
    form = ChoiceForm()
    try:
        chosen = form.chosen()
    except InvalidText as error:
        return _explained("deleted", form, error)
    outcome = change_each(chosen, lambda photo: library().restore(photo.photo_id))
    if outcome.refusals:
        return _refused("deleted", form, outcome)
    count = len(outcome.changed)
    flash(ngettext("%(count)s photo is back.", "%(count)s photos are back.", count, count=count), "success")
    return back_to(".deleted", **place())


def _list(name: str, form: type[ChoiceForm]) -> ResponseReturnValue:
    """With `?chosen=all` every photo of the page is ticked."""
    page = _page(name)
    if request.args.get("after") and not page.newer:
        return redirect(url_for(f".{name}"))
    ticked = [card.photo_id for card in page.cards] if request.args.get("chosen") == "all" else []
    return _show(name, page, form(formdata=None, photo=ticked), Outcome())


def _explained(name: str, form: ChoiceForm, error: InvalidText) -> ResponseReturnValue:
    form.explain(error)
    return _show(name, _page(name), form, Outcome()), status_of(error)


def _refused(name: str, form: ChoiceForm, outcome: Outcome) -> ResponseReturnValue:
    """The page again, where only the photos that stay as they were are ticked."""
    form.photo.data = [refusal.photo_id for refusal in outcome.refusals]
    error = outcome.refusals[0].error
    status = status_of(error)
    return _show(name, _page(name), form, outcome), status, headers_of(error, status)


def _show(name: str, page: Page, form: ChoiceForm, outcome: Outcome) -> str:
    return render_template(f"uploads/{name}.html", page=page, form=form, outcome=outcome, place=place())


def _page(name: str) -> Page:
    """The page of the visitor's own feed that the address asks for."""
    owner = contributor_cookie.owner()
    if owner is None:
        return Page((), None, None)
    before, after = cursors()
    return library().page(FEEDS[name](owner), CARDS, before=before, after=after).unexpired(time.time())


def _deletable(photo_ids: list[str]) -> list[Card]:
    """The cards of those that the visitor may delete, newest first. Raises PhotoNotFound where that is none of them."""
    shown = {card.photo_id: card for card in _page("index").cards}
    cards = [card for photo_id in sorted(photo_ids, reverse=True) if (card := shown.get(photo_id) or _card(photo_id))]
    if not cards:
        raise PhotoNotFound(photo_ids[0])
    return cards


def _card(photo_id: str) -> Card | None:
    """Of a photo that has come to be on another page since it was chosen."""
    with suppress(PhotoNotFound):
        photo = library().get(photo_id)
        return photo.card if access.Access().may_change(photo) else None
    return None


def place() -> dict[str, str]:
    """The cursors of the address, so that an answer leads back to the page it came from."""
    return {name: cursor for name in ("before", "after") if (cursor := request.args.get(name))}
