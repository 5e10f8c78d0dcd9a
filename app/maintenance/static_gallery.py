"""Write the HTML pages of an export. They work without a server and without a network."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from app.domain import object_keys
from app.domain.errors import ObjectNotFound
from app.domain.photo import Photo
from app.services.ports import Catalog, ObjectStore

_PAGE_SIZE = 200  # photos


@dataclass(frozen=True, slots=True)
class ExportPage:
    """One page of an export: its photos and the names of the newer and the older page."""

    photos: tuple[Photo, ...]
    newer: str | None
    older: str | None


RenderPage = Callable[[ExportPage], str]


def write_static_gallery(catalog: Catalog, target: ObjectStore, render: RenderPage) -> int:
    """Write `index.html`, `page-2.html` and so on to `target`. Return the number of photos.

    The pages show the public photos that `target` holds, newest first.
    """
    total = 0
    number = 1
    before = None
    while True:
        listed = catalog.page(object_keys.PUBLIC_LISTING, _PAGE_SIZE, before=before)
        before = listed.older
        exported = (_exported_photo(target, summary.photo_id) for summary in listed.summaries)
        page = ExportPage(
            photos=tuple(photo for photo in exported if photo),
            newer=_page_name(number - 1) if number > 1 else None,
            older=_page_name(number + 1) if before else None,
        )
        target.put(_page_name(number), render(page).encode())
        total += len(page.photos)
        number += 1
        if before is None:
            return total


def _exported_photo(target: ObjectStore, photo_id: str) -> Photo | None:
    """Return the photo as it was exported, None if the export does not hold all of it."""
    try:
        photo = Photo.from_dict(json.loads(target.get(object_keys.sidecar(photo_id))))
    except ObjectNotFound:
        return None
    return photo if all(map(target.exists, photo.object_keys)) else None


def _page_name(number: int) -> str:
    return "index.html" if number == 1 else f"page-{number}.html"
