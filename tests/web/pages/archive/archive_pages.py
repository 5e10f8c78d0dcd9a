"""Read the pages of the archive."""

import re
from datetime import datetime
from html import unescape

from app.domain.photo import Photo
from tests.backends import make_photo
from tests.web.pages.test_gallery import link


def photo_of(taken_at: str | None, **changes: str) -> Photo:
    date = datetime.fromisoformat(taken_at) if taken_at else None
    return make_photo(taken_at=date, **changes)


def texts(page: str, tag: str) -> list[str]:
    found = re.findall(rf"<{tag}\b[^>]*>(.*?)</{tag}>", page, re.DOTALL)
    return [" ".join(unescape(re.sub("<[^>]*>", "", text)).split()) for text in found]


def neighbor(page: str, rel: str) -> str | None:
    """Return the address of a neighbor on the page of a photo."""
    found = link(page, rel)
    return found and found.partition("#")[0]


def archive_links(page: str) -> list[str]:
    """Return the addresses of years and months that a page links to."""
    return re.findall(r'href="(/\d{4}(?:/\d{2})?|/undated)"', page)
