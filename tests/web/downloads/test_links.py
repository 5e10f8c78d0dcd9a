"""Pages lead to their ZIP files."""

import re
from html import unescape

import pytest

from app.services.downloads.download_service import MAX_PHOTOS
from tests.backends import Backend, make_photo
from tests.sample_images import jpeg
from tests.storage.conftest import publish_all
from tests.visitor import Visitor
from tests.web.downloads.zip_contents import photos_in

LINK = re.compile(r'<a [^>]*href="(/download\.zip[^"]*)"([^>]*)>(.*?)</a>', re.DOTALL)


def link_on(visitor: Visitor, path: str, **headers: str) -> tuple[str, str]:
    """Return the address and the text of the only link to a ZIP file."""
    ((address, attributes, text),) = LINK.findall(visitor.get(path, headers=headers).text)
    assert 'rel="nofollow"' in attributes
    return unescape(address), " ".join(re.sub("<.*?>", "", text).split())


def test_the_link_of_a_tag_downloads_what_the_page_shows(visitor: Visitor) -> None:
    """The page states their number beside it."""
    ids = [visitor.add(tags="lake & sea") for _ in range(2)]
    address, text = link_on(visitor, "/tags/lake%20&%20sea")
    assert text == "Download all"
    assert photos_in(visitor.get(address)) == ids[::-1]


def test_the_link_of_own_uploads_has_their_number(visitor: Visitor) -> None:
    """It is in the language of the page."""
    ids = [visitor.add()]
    assert link_on(visitor, "/uploads")[1] == "Download (1 photo)"
    ids.append(visitor.add())
    address, text = link_on(visitor, "/uploads")
    assert text == "Download all (2 photos)"
    assert photos_in(visitor.get(address)) == ids[::-1]
    korean = link_on(visitor, "/uploads", **{"Accept-Language": "ko"})
    assert korean[1] == "모두 내려받기(사진 2장)"


def test_the_link_of_a_batch_has_their_size_too(visitor: Visitor) -> None:
    path = visitor.upload(jpeg(80, 60), jpeg(90, 60)).location
    address, text = link_on(visitor, path)
    assert re.fullmatch(r"Download all \(2 photos, [\d.]+ kB\)", text)
    assert len(photos_in(visitor.get(address))) == 2


def test_the_link_of_a_search_downloads_its_results(visitor: Visitor) -> None:
    photo_id = visitor.add(title="Blue lake")
    visitor.add(title="Hill")
    address, text = link_on(visitor, "/search?q=lake+%26blue")
    assert text == "Download all"
    assert photos_in(visitor.get(address)) == [photo_id]


def test_a_page_of_many_photos_says_how_many_are_in_the_first_file(
    visitor: Visitor, backend: Backend
) -> None:
    """Nothing is promised that one file does not have."""
    publish_all(backend, [make_photo(tags=("lake",)) for _ in range(3)])
    visitor.app.jinja_env.globals["max_zip_photos"] = 2
    assert link_on(visitor, "/tags/lake")[1] == "Download the newest 2"


@pytest.mark.parametrize("path", ["/tags/none", "/uploads", "/search?q=none"])
def test_a_page_without_photos_has_no_link(visitor: Visitor, path: str) -> None:
    assert LINK.findall(visitor.get(path).text) == []


def test_the_number_in_the_link_is_the_limit(visitor: Visitor) -> None:
    assert visitor.app.jinja_env.globals["max_zip_photos"] == MAX_PHOTOS
