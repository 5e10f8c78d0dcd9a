"""QR codes of photos."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
import segno
from flask import Flask

from app import create_app
from app.config import Config
from app.domain.albums.album import AlbumVisibility
from app.domain.albums.album_text import AlbumText
from app.domain.albums.guests import GuestAccess
from app.services.factory import Services
from tests.visitor import Visitor

SVG = "{http://www.w3.org/2000/svg}"


def dark_modules(svg: str) -> int:
    """Return the number of dark modules of a code, whose path has a line for each run of them."""
    paths = ElementTree.fromstring(svg).findall(f"{SVG}path")  # noqa: S314  our own XML
    return sum(map(int, re.findall(r"h(\d+)", paths[1].attrib["d"])))


def expected_modules(address: str) -> int:
    return sum(map(sum, segno.make_qr(address).matrix))


def test_a_code_leads_to_the_photo(visitor: Visitor) -> None:
    """The code has the address of the photo's page, and the page shows the code."""
    photo_id = visitor.add()
    path = f"/photos/{photo_id}/qr.svg"
    assert f'src="{path}"' in visitor.get(f"/photos/{photo_id}").text
    answer = visitor.get(path)
    assert answer.mimetype == "image/svg+xml"
    assert dark_modules(answer.text) == expected_modules(f"http://localhost/photos/{photo_id}")
    other = visitor.get(f"/photos/{visitor.add()}/qr.svg")
    assert other.text != answer.text


def test_a_code_has_the_path_of_the_site(config: Config, services: Services) -> None:
    """Below a prefix the code has the prefix."""
    settings = replace(config, proxy_hops=1, proxy_headers=("prefix",))
    visitor = Visitor(create_app(settings, services))
    photo_id = visitor.add()
    headers = {"X-Forwarded-Prefix": "/pictures"}
    code = visitor.get(f"/photos/{photo_id}/qr.svg", headers=headers).text
    address = f"http://localhost/pictures/photos/{photo_id}"
    assert dark_modules(code) == expected_modules(address)


def test_a_host_name_that_is_too_long_is_refused(visitor: Visitor) -> None:
    """No code can hold it, and a long code takes much CPU time."""
    path = f"/photos/{visitor.add()}/qr.svg"
    assert visitor.get(path, headers={"Host": "a" * 4000}).status_code == 400


@pytest.mark.parametrize("visibility", AlbumVisibility)
def test_no_proxy_keeps_the_code_of_a_secret_address(
    visitor: Visitor, services: Services, visibility: AlbumVisibility
) -> None:
    """An unlisted album and a guest link can end, and search engines must not find them."""
    text = AlbumText("Party", "")
    album = services.albums.create("1" * 32, text, visibility=visibility)
    code = services.guest_links.change(album, 1, guest_access=GuestAccess.ADD).guest_code
    is_public = visibility is AlbumVisibility.PUBLIC
    for path, public in ((f"/albums/{album.album_id}", is_public), (f"/join/{code}", False)):
        answer = visitor.get(f"{path}/qr.svg")
        assert answer.status_code == 200
        assert (bool(answer.cache_control.public), bool(answer.cache_control.private)) == (
            public,
            not public,
        )
        assert ("noindex" in answer.headers.get("X-Robots-Tag", "")) is not public


def test_a_code_can_be_cached(visitor: Visitor) -> None:
    """It is the same for everyone, and is not sent again unchanged."""
    path = f"/photos/{visitor.add()}/qr.svg"
    answer = visitor.get(path)
    assert answer.cache_control.public
    assert "Set-Cookie" not in answer.headers
    assert visitor.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("action", ["hide", "delete"])
def test_only_public_photos_have_codes(app: Flask, visitor: Visitor, action: str) -> None:
    """For other photos and other addresses there is no code."""
    photo_id = visitor.add()
    visitor.post(f"/photos/{photo_id}/{action}", visitor.fields("/upload"))
    for browser in (visitor, Visitor(app)):
        assert browser.get(f"/photos/{photo_id}/qr.svg").status_code == 404
    for unknown in ("01ARZ3NDEKTSV4RRFFQ69G5FAV", "https:%2f%2fevil.example", "x"):
        assert visitor.get(f"/photos/{unknown}/qr.svg").status_code == 404
