"""Show a contributor's own uploads. `selection` changes many of them at once."""

from typing import Any

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from app.web.auth import guest_access
from app.web.listings.batch_pages import BatchPage
from app.web.listings.selectable import SelectableListing, own_batch, own_trash, own_uploads
from app.web.pages.selection.selection_page import SelectionPage, render
from app.web.pagination import is_past_newest
from app.web.rendering.api.listing_json import listing_as_json
from app.web.rendering.api.negotiation import negotiated
from app.web.selection_forms import BulkForm

blueprint = Blueprint("my_uploads", __name__, url_prefix="/uploads")


@blueprint.before_request
def require_own_uploads() -> None:
    """Reject visitors who may have no uploads: they have no uploads to change."""
    guest_access.require_own_uploads()


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show one page of the contributor's public and hidden photos, of one batch with `?batch=`."""
    batch = request.args.get("batch")
    return _show(own_batch(batch), batch=batch) if batch else _show(own_uploads())


@blueprint.get("/deleted")
def deleted() -> ResponseReturnValue:
    """Show one page of the contributor's photos in the trash."""
    return _show(own_trash())


def _show(listing: SelectableListing, **parameters: Any) -> ResponseReturnValue:
    """Show a page of a listing. `?select=` selects all of its photos, or those of a day."""
    selection = SelectionPage.read(listing)
    page = selection.page
    if is_past_newest(page):
        return redirect(listing.selection_url())
    form = BulkForm(formdata=None, photo=selection.chosen())
    count = page.photo_count if isinstance(page, BatchPage) else None
    return negotiated(
        lambda: render(selection, form), lambda: listing_as_json(page, count, **parameters)
    )
