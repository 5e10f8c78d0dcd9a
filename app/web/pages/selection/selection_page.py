"""A page of a listing with a check box for each photo that the visitor may change."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from flask import render_template, request

from app.domain import moderation
from app.domain.pages import Page
from app.domain.photo_summary import PhotoState, PhotoSummary
from app.web.auth import access, contributor_cookie
from app.web.bulk.each_photo import BulkResult
from app.web.context import download_service
from app.web.listings.batch_pages import BatchPage
from app.web.listings.selectable import SelectableListing
from app.web.pagination import next_cursor
from app.web.rendering.gallery.photo_days import DayGroup, separate_days
from app.web.selection_forms import BulkForm


@dataclass(frozen=True, slots=True)
class SelectionPage:
    """A page of a listing.

    Attributes:
        listing: The listing.
        page: The page, with the photos alone that the visitor may change.
        total: The number of photos that the listing shows on this page.
    """

    listing: SelectableListing
    page: Page
    total: int

    @classmethod
    def read(cls, listing: SelectableListing) -> "SelectionPage":
        """Read the page that the URL asks for, and the records if some may be of others."""
        page = listing.read()
        if listing.is_changeable:
            return cls(listing, page, len(page.summaries))
        return cls(listing, _without_others(page), len(page.summaries))

    @property
    def days(self) -> list[DayGroup]:
        """The photos by day. Empty if the listing is in another order."""
        by_date = self.listing.is_by_date
        return [] if by_date is None else separate_days(self.page, by_date=by_date)

    @property
    def selectable(self) -> list[PhotoSummary]:
        """The photos that have a check box."""
        return [summary for summary in self.page.summaries if self.may_select(summary)]

    @property
    def may_hide(self) -> bool:
        """Whether a photo can be hidden."""
        return any(summary.state.is_in_albums for summary in self.page.summaries)

    @property
    def may_publish(self) -> bool:
        """Whether the visitor may unhide a photo."""
        role = access.current_role()
        hidden = (each for each in self.page.summaries if each.state is PhotoState.HIDDEN)
        return any(moderation.may_unhide(summary, role) for summary in hidden)

    def may_select(self, summary: PhotoSummary) -> bool:
        """Return whether something can be done with a photo: see `moderation`."""
        return moderation.may_restore_or_purge(summary, access.current_role())

    def chosen(self) -> list[str]:
        """Return the photos that `select` in the URL selects: `all` of them, or those of a day."""
        choice = request.args.get("select")
        photos: Sequence[PhotoSummary] = ()
        if choice == "all":
            photos = self.page.summaries
        for group in self.days if choice else ():
            photos = group.photos if str(group.day) == choice else photos
        return [summary.photo_id for summary in photos if self.may_select(summary)]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a change that did not reach every photo.

    Attributes:
        result: The photos that were changed and those that were refused.
        left: The number of photos for which the time was not enough.
    """

    result: BulkResult = field(default_factory=BulkResult)
    left: int = 0


def render(selection: SelectionPage, form: BulkForm, outcome: Outcome | None = None) -> str:
    """Return the page as HTML."""
    shown = outcome or Outcome()
    return render_template(
        _template_of(selection),
        selection=selection,
        listing=selection.listing,
        page=selection.page,
        form=form,
        is_last=not next_cursor(selection.page),
        result=shown.result,
        left=shown.left,
    )


def _template_of(selection: SelectionPage) -> str:
    if not selection.listing.has_boxes:
        return "selection/show.html"
    if isinstance(selection.page, BatchPage):
        return "my_uploads/batch.html"
    return "my_uploads/deleted.html" if selection.listing.is_trash else "my_uploads/index.html"


def _without_others(page: Page) -> Page:
    """Return the page with the visitor's own photos: one read, since summaries lack the owner."""
    if not (page.summaries and contributor_cookie.is_known()):
        return replace(page, summaries=())
    found = download_service().chosen(summary.photo_id for summary in page.summaries)
    own = {photo.photo_id for photo in found.photos if access.Access().may_change(photo)}
    return replace(page, summaries=tuple(s for s in page.summaries if s.photo_id in own))
