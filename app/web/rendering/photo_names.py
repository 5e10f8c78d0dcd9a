"""Name photos on pages and for programs: by their title, or by their date if they have none."""

from flask import Flask

from app.domain import photo_ids
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoSummary
from app.web.rendering.archive_dates import format_taken_day
from app.web.rendering.formatting import format_date
from app.web.rendering.i18n import gettext as _
from app.web.rendering.languages.capitals import capitalized
from app.web.rendering.local_time import to_local_time


def photo_name(photo: Photo | PhotoSummary) -> str:
    """Return the title, or “Photo, November 14, 2026”. It is never empty."""
    return photo.title or _("Photo, %(date)s", date=photo_date(photo))


def photo_reference(photo: Photo | PhotoSummary) -> str:
    """Return the name as a part of a sentence: the title in quotation marks, or the date."""
    if photo.title:
        return _("“%(title)s”", title=photo.title)
    # Translators: in place of a title in quotation marks, such as: Photo (June 1974) is hidden.
    return _("Photo (%(date)s)", date=photo_date(photo))


def photo_caption(photo: Photo | PhotoSummary) -> str:
    """Return the title, or the date alone where the page shows that this is a photo."""
    return photo.title or capitalized(photo_date(photo))


def photo_alt(photo: Photo | PhotoSummary) -> str:
    """Return the alternative text, or else the name. It is never empty."""
    return photo.alt or photo_name(photo)


def photo_date(photo: Photo | PhotoSummary) -> str:
    """Return the day on which the photo was taken, or else uploaded in the site's time zone."""
    if photo.taken:
        return format_taken_day(photo.taken)
    return format_date(to_local_time(photo_ids.timestamp_of(photo.photo_id)).date())


def init_app(app: Flask) -> None:
    """Add the filters to templates."""
    app.jinja_env.filters.update(
        photo_name=photo_name, photo_caption=photo_caption, photo_alt=photo_alt
    )
