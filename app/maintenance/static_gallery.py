"""The pages of an export: an album that opens without a server and needs no network."""

import json
from collections.abc import Iterator, Sequence
from html import escape

from app.domain import object_keys
from app.domain.errors import ObjectNotFound
from app.domain.photo import Photo
from app.services.photo_service import PhotoService
from app.services.ports import ObjectStore

_PAGE = 200  # photos
_WIDTH = 640  # pixels that a picture on a page has at least, where there are so many
_STYLE = """
:root { color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif }
body { margin: 0 auto; max-width: 90rem; padding: 1rem }
main { display: grid; gap: 1.5rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)) }
figure { margin: 0 } img { display: block; width: 100%; height: auto } p { margin: .25rem 0; white-space: pre-line }
nav { display: flex; gap: 1rem; margin: 1rem 0 } time, .tags { opacity: .7 }
"""


def write_static_gallery(service: PhotoService, target: ObjectStore, title: str) -> int:
    """Write `index.html`, `page-2.html` and so on, newest first, of the public photos in `target`; gives how many."""
    shown, number, before = 0, 1, None
    while True:
        page = service.page(object_keys.PUBLIC_LISTING, _PAGE, before=before)
        photos = [
            photo for summary in page.summaries if (photo := _exported(target, summary.photo_id))
        ]
        target.put(
            _name(number), _page(title, photos, number, more=page.older is not None).encode()
        )
        shown += len(photos)
        if page.older is None:
            return shown
        number, before = number + 1, page.older


def _exported(target: ObjectStore, photo_id: str) -> Photo | None:
    """The photo as it was exported; None for one that came later."""
    try:
        photo = Photo.from_dict(json.loads(target.get(object_keys.sidecar(photo_id))))
    except ObjectNotFound:
        return None
    return photo if all(map(target.exists, photo.object_keys)) else None


def _page(title: str, photos: Sequence[Photo], number: int, *, more: bool) -> str:
    links = "".join(_links(number, more=more))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body><h1>{escape(title)}</h1>\n"
        f"<main>\n{''.join(map(_figure, photos))}</main>\n<nav>{links}</nav></body></html>\n"
    )


def _links(number: int, *, more: bool) -> Iterator[str]:
    if number > 1:
        yield f'<a href="{_name(number - 1)}">Newer</a>'
    if more:
        yield f'<a href="{_name(number + 1)}">Older</a>'


def _figure(photo: Photo) -> str:
    width = next((width for width in photo.widths if width >= _WIDTH), photo.widths[-1])
    picture = (
        f'<img src="{object_keys.rendition(photo.photo_id, width)}" alt="{escape(photo.alt or photo.title)}" '
        f'width="{width}" height="{photo.height_at(width)}" loading="lazy">'
    )
    date = (photo.taken_at or photo.uploaded_at).date().isoformat()
    tags = f'<p class="tags">{escape(", ".join(photo.tags))}</p>' if photo.tags else ""
    description = f"<p>{escape(photo.description)}</p>" if photo.description else ""
    return (
        f'<figure><a href="{photo.object_keys[-1]}">{picture}</a><figcaption><strong>{escape(photo.title)}</strong> '
        f'<time datetime="{date}">{date}</time>{description}{tags}</figcaption></figure>\n'
    )


def _name(number: int) -> str:
    return "index.html" if number == 1 else f"page-{number}.html"
