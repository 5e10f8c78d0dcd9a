"""Write the texts of a ZIP file: photos.json for programs, README.txt for people."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from flask import request

from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.web.context import app_context
from app.web.listings.source_listing import PARAMETER
from app.web.rendering.archive_dates import format_taken
from app.web.rendering.formatting import format_date, format_number
from app.web.rendering.i18n import gettext as _
from app.web.rendering.i18n import ngettext, pgettext
from app.web.rendering.local_time import to_local_time
from app.web.rendering.photo_credit import license_url
from app.web.rendering.photo_names import photo_name
from app.web.rendering.photo_urls import absolute, photo_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """The contents of a ZIP file.

    Attributes:
        title: The name of the listing.
        url: The address of its page.
        photos: The photos.
        names: The names of their files.
        lost: Photos whose originals are missing.
        next_url: The address of the ZIP file with the older photos, if there are any.
    """

    title: str
    url: str
    photos: Sequence[Photo]
    names: Sequence[str]
    lost: Sequence[Photo]
    next_url: str | None


def photos_json(contents: Contents) -> bytes:
    """Return the facts about all photos as JSON."""
    pairs = zip(contents.names, contents.photos, strict=True)
    document = {
        "site": app_context().config.site_title,
        "title": contents.title,
        "url": contents.url,
        "next": contents.next_url,
        "photos": [_facts(name, photo) for name, photo in pairs],
        "missing": [_page_url(photo) for photo in contents.lost],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def readme(contents: Contents) -> bytes:
    """Return the same facts as text, in the language of the request."""
    paragraphs = [*_introduction(contents)]
    for name, photo in zip(contents.names, contents.photos, strict=True):
        paragraphs.append("\n    ".join([name, *_lines(photo)]))
    return ("\n\n".join(paragraphs) + "\n").encode()


def _facts(name: str, photo: Photo) -> dict[str, Any]:
    credit = asdict(photo.credit) if photo.credit else {}
    return {
        "file": name,
        "photo_id": photo.photo_id,
        "url": _page_url(photo),
        "title": photo.title,
        "description": photo.description,
        "alt": photo.alt,
        "tags": list(photo.tags),
        "contributor_name": photo.contributor_name,
        "taken_at": photo.taken_at.isoformat() if photo.taken_at else None,
        "taken_precision": photo.taken_precision,
        "taken_about": photo.taken_about,
        "uploaded_at": photo.uploaded_at.isoformat(),
        "rights": photo.rights,
        "license_url": license_url(photo.credit),
        "credit": {name: value for name, value in credit.items() if value},
        "bytes": photo.bytes,
        "crc32": f"{photo.crc32:08x}",
    }


def _introduction(contents: Contents) -> Iterator[str]:
    count = len(contents.photos)
    yield f"{contents.title} · {app_context().config.site_title}\n{contents.url}"
    yield ngettext(
        "%(count)s photo.",
        "%(count)s photos.",
        count,
        count=format_number(count),
    )
    yield _("photos.json has the same details for programs.")
    if contents.next_url:
        yield _("More photos are in another file:") + f"\n{contents.next_url}"
    if contents.lost:
        pages = "\n".join(map(_page_url, contents.lost))
        yield _("The files of these photos are missing on the site:") + f"\n{pages}"


def _lines(photo: Photo) -> Iterator[str]:
    yield photo_name(photo)
    yield from photo.description.splitlines()
    if photo.taken:
        yield _("Taken: %(time)s", time=format_taken(photo.taken))
    uploaded_on = to_local_time(photo.uploaded_at).date()
    if photo.contributor_name:
        day = format_date(uploaded_on)
        yield _("Added by %(name)s on %(day)s", name=photo.contributor_name, day=day)
    else:
        yield _("Added on %(day)s", day=format_date(uploaded_on))
    if photo.rights:
        yield photo.rights
    if address := license_url(photo.credit):
        yield address
    if photo.tags:
        yield _("Tags: %(tags)s", tags=pgettext("list", ", ").join(photo.tags))
    yield _page_url(photo)


def _page_url(photo: Photo) -> str:
    """Return the address of a photo's page. It names the album of an unlisted or private photo."""
    is_in_album = photo.state in {PhotoState.UNLISTED, PhotoState.PRIVATE}
    listing = request.args.get(PARAMETER) if is_in_album else None
    return absolute(photo_path(photo.photo_id, listing))
