"""Say how many photos a batch has, and which metadata of their files was removed and kept."""

from collections.abc import Iterator

from flask import Flask

from app.web.listings.batch_pages import BatchTotals
from app.web.rendering.formatting import format_number, list_removed
from app.web.rendering.i18n import gettext as _
from app.web.rendering.i18n import ngettext
from app.web.rendering.languages.capitals import capitalized


def init_app(app: Flask) -> None:
    """Add the filters to templates."""
    app.jinja_env.filters.update(batch_title=batch_title, batch_facts=batch_facts)


def batch_title(totals: BatchTotals) -> str:
    """Return the title of the page of a batch."""
    photos, count = totals.photos, format_number(totals.photos)
    if totals.has_more:
        return _("More than %(count)s photos added", count=count)
    if photos and totals.drafts == photos:
        return ngettext(
            "%(count)s photo isn’t published yet",
            "%(count)s photos aren’t published yet",
            photos,
            count=count,
        )
    return ngettext("%(count)s photo added", "%(count)s photos added", photos, count=count)


def batch_facts(totals: BatchTotals) -> list[str]:
    """Return a sentence for each kind of metadata, and one for the credit."""
    facts = [*_removed(totals), *_kept(totals)]
    if facts and totals.has_more:
        count = format_number(totals.photos)
        return [_("These facts are about the first %(count)s photos.", count=count), *facts]
    return facts


def _removed(totals: BatchTotals) -> Iterator[str]:
    for kind, photos in totals.removed.items():
        if fact := list_removed([kind]):
            text = ngettext(
                "%(what)s removed from %(count)s photo.",
                "%(what)s removed from %(count)s photos.",
                photos,
                what=fact,
                count=format_number(photos),
            )
            yield capitalized(text)


def _kept(totals: BatchTotals) -> Iterator[str]:
    photos = sum(totals.kept.values())
    count = format_number(photos)
    if len(totals.kept) > 1:
        yield _("Credit kept in %(count)s photos.", count=count)
    for rights in totals.kept if len(totals.kept) == 1 else ():
        if photos == totals.photos:
            yield _("Kept: %(rights)s.", rights=rights)
        else:
            yield ngettext(
                "Credit kept in %(count)s photo: %(rights)s.",
                "Credit kept in %(count)s photos: %(rights)s.",
                photos,
                count=count,
                rights=rights,
            )
