"""Write the HTML pages of an export. They work without a server and without a network."""

import json
from collections.abc import Iterator, Sequence
from html import escape

from app.domain import object_keys
from app.domain.errors import ObjectNotFound
from app.domain.photo import Photo
from app.services.photo_service import PhotoService
from app.services.ports import ObjectStore

_PAGE_SIZE = 200  # photos
_IMAGE_WIDTH = 640  # pixels; the smallest rendition of at least this width is shown
_STYLE = """
:root { color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif }
body { margin: 0 auto; max-width: 90rem; padding: 1rem }
main {
  display: grid;
  gap: 1.5rem;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr));
}
figure { margin: 0 }
img { display: block; width: 100%; height: auto }
p { margin: .25rem 0; white-space: pre-line }
nav { display: flex; gap: 1rem; margin: 1rem 0 }
time, .tags { opacity: .7 }
"""


def write_static_gallery(service: PhotoService, target: ObjectStore, title: str) -> int:
    """Write `index.html`, `page-2.html` and so on to `target`. Return the number of photos.

    The pages show the public photos that `target` holds, newest first.
    """
    total = 0
    number = 1
    before = None
    while True:
        page = service.page(object_keys.PUBLIC_LISTING, _PAGE_SIZE, before=before)
        exported = (_exported_photo(target, summary.photo_id) for summary in page.summaries)
        photos = [photo for photo in exported if photo]
        html = _page(title, photos, number, has_older=page.older is not None)
        target.put(_page_name(number), html.encode())
        total += len(photos)
        if page.older is None:
            return total
        number += 1
        before = page.older


def _exported_photo(target: ObjectStore, photo_id: str) -> Photo | None:
    """Return the photo as it was exported, None if the export does not hold all of it."""
    try:
        photo = Photo.from_dict(json.loads(target.get(object_keys.sidecar(photo_id))))
    except ObjectNotFound:
        return None
    return photo if all(map(target.exists, photo.object_keys)) else None


def _page(title: str, photos: Sequence[Photo], number: int, *, has_older: bool) -> str:
    figures = "".join(map(_figure, photos))
    links = "".join(_links(number, has_older=has_older))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n"
        f"<body><h1>{escape(title)}</h1>\n"
        f"<main>\n{figures}</main>\n<nav>{links}</nav></body></html>\n"
    )


def _links(number: int, *, has_older: bool) -> Iterator[str]:
    if number > 1:
        yield f'<a href="{_page_name(number - 1)}">Newer</a>'
    if has_older:
        yield f'<a href="{_page_name(number + 1)}">Older</a>'


def _figure(photo: Photo) -> str:
    date = (photo.taken_at or photo.uploaded_at).date().isoformat()
    description = f"<p>{escape(photo.description)}</p>" if photo.description else ""
    tags = f'<p class="tags">{escape(", ".join(photo.tags))}</p>' if photo.tags else ""
    return (
        f'<figure><a href="{photo.object_keys[-1]}">{_image(photo)}</a>'
        f"<figcaption><strong>{escape(photo.title)}</strong> "
        f'<time datetime="{date}">{date}</time>{description}{tags}</figcaption></figure>\n'
    )


def _image(photo: Photo) -> str:
    width = next((width for width in photo.widths if width >= _IMAGE_WIDTH), photo.widths[-1])
    return (
        f'<img src="{object_keys.rendition(photo.photo_id, width)}" '
        f'alt="{escape(photo.alt or photo.title)}" '
        f'width="{width}" height="{photo.height_at(width)}" loading="lazy">'
    )


def _page_name(number: int) -> str:
    return "index.html" if number == 1 else f"page-{number}.html"
