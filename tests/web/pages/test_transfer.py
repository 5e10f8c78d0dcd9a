"""Carrying one's uploads to another browser."""

import re
from dataclasses import replace
from html import unescape
from io import BytesIO

import pytest
import segno
from flask import Flask
from werkzeug.test import TestResponse

from app import create_app
from app.config import Config
from app.domain.albums.album_text import AlbumText
from app.domain.albums.guests import GuestAccess
from app.services.factory import Services
from tests.sample_images import jpeg
from tests.visitor import Visitor


def create_link(visitor: Visitor) -> str:
    """Return the path of a new link."""
    page = visitor.post("/transfer", {"csrf_token": visitor.fields("/upload")["csrf_token"]})
    assert page.status_code == 200
    return link_in(page.text)


def link_in(page: str) -> str:
    """Return the path of the link that a page shows."""
    found = re.search(r'data-path="(/transfer\?token=[^"]+)"', page)
    assert found
    return unescape(found[1])


def token_of(link: str) -> str:
    """Return the token of a link."""
    return link.partition("token=")[2]


def accept(visitor: Visitor, link: str) -> TestResponse:
    """Open the link and confirm."""
    return visitor.post("/transfer/accept", visitor.fields(link))


def test_the_link_is_also_a_code(visitor: Visitor) -> None:
    """It is part of the page, since its address would be a second secret."""
    page = visitor.post("/transfer", {"csrf_token": visitor.fields("/upload")["csrf_token"]}).text
    found = re.search(r'value="(http://localhost/transfer\?token=[^"]+)"', page)
    assert found
    code = re.search(r"<svg.*class=\"qrline\".*</svg>", page)
    assert code
    lines = re.findall(r"h(\d+)", code[0].rpartition("qrline")[2])
    assert sum(map(int, lines)) == sum(map(sum, segno.make_qr(unescape(found[1])).matrix))


@pytest.fixture
def other(app: Flask) -> Visitor:
    """Another browser."""
    return Visitor(app)


def test_uploads_can_be_changed_in_both_browsers(visitor: Visitor, other: Visitor) -> None:
    """The second browser is the same contributor, for photos of either."""
    photo = visitor.add(title="From the phone")
    assert other.get(f"/photos/{photo}/edit").status_code == 403
    answer = accept(other, create_link(visitor))
    assert answer.location == "/uploads"
    assert "From the phone" in other.get("/uploads").text
    assert other.submit(f"/photos/{photo}/edit", title="Renamed").status_code == 303
    assert visitor.submit(f"/photos/{other.add()}/edit", title="Mine too").status_code == 303


def test_a_browser_without_login_logs_in_first(config: Config, services: Services) -> None:
    """A site with an upload password asks for it before the link is used, also after a mistake."""
    app = create_app(replace(config, upload_password="another one!"), services)
    uploader, other = Visitor(app), Visitor(app)
    uploader.submit("/login", password="another one!")
    photo = uploader.add()
    link = create_link(uploader)
    assert "Log in first." in other.get(link).text
    early = other.post("/transfer/accept", other.fields(link) | {"token": token_of(link)})
    assert early.status_code == 403
    assert "Log in first." in early.text
    assert other.cookie("contributor") == ""
    wrong = other.post("/login", other.fields(link) | {"password": "a wrong one"})
    assert wrong.status_code == 403
    fields = other.fields(link) | {"password": "another one!"}
    assert other.post("/login", fields).location == link
    answer = accept(other, link)
    assert "You can now change these uploads" in other.get(answer.location).text
    assert other.submit(f"/photos/{photo}/edit", title="Mine").status_code == 303


def test_another_device_of_a_guest_needs_no_password(config: Config, services: Services) -> None:
    """The link makes it a guest of the same albums, and nothing else."""
    app = create_app(replace(config, upload_password="another one!"), services)
    album = services.albums.create("0" * 32, AlbumText("Party", ""))
    album = services.guest_links.change(album, 1, guest_access=GuestAccess.ADD)
    path = f"/join/{album.guest_code}"
    guest, other = Visitor(app), Visitor(app)
    guest.submit(path)
    form = guest.fields(f"{path}/upload") | {"photo": [(BytesIO(jpeg(80, 60)), "a.jpg")]}
    guest.post(f"/upload?guest={album.guest_code}", form)
    (photo,) = services.albums.page(album.album_id, 9).summaries
    page = guest.post("/transfer", guest.fields(f"{path}/upload"))
    answer = accept(other, link_in(page.text))
    assert answer.location == "/uploads"
    assert photo.photo_id in other.get("/uploads").text
    assert other.submit(f"/photos/{photo.photo_id}/edit", title="Mine").status_code == 303
    assert other.get(f"{path}/upload").status_code == 200
    assert other.get("/upload").status_code == 303  # to the login


def test_opening_the_link_does_not_use_it(app: Flask, visitor: Visitor, other: Visitor) -> None:
    """Messengers and mail programs open links to preview them."""
    link = create_link(visitor)
    for _ in range(3):
        preview = app.test_client(use_cookies=False).get(link)
        assert preview.status_code == 200
        assert "contributor-" not in "".join(preview.headers.getlist("Set-Cookie"))
    assert accept(other, link).status_code == 303


def test_a_used_link_says_so(app: Flask, visitor: Visitor, other: Visitor) -> None:
    """A third browser becomes no one, neither by the page nor by a form that was open before."""
    link = create_link(visitor)
    third = Visitor(app)
    fields = third.fields(link)
    accept(other, link)
    for answer in (third.get(link), third.post("/transfer/accept", fields)):
        assert answer.status_code == 410
        assert "used already or has expired" in answer.text
    assert third.cookie("contributor") == ""


def test_a_form_that_is_sent_twice_succeeds_twice(
    app: Flask, visitor: Visitor, other: Visitor
) -> None:
    """A browser drops the answer to the first click of two. A form of another browser fails."""
    photo = visitor.add()
    link = create_link(visitor)
    form = other.fields(link)
    third = Visitor(app)
    of_third = third.fields(link)
    assert other.post("/transfer/accept", form).status_code == 303
    other.client.delete_cookie(other.cookie_name("contributor"))
    assert other.post("/transfer/accept", form).location == "/uploads"
    assert other.get(f"/photos/{photo}/edit").status_code == 200
    for form_id in (of_third["form_id"], ""):
        answer = third.post("/transfer/accept", of_third | {"form_id": form_id})
        assert answer.status_code == 410
    assert third.cookie("contributor") == ""


def test_accepting_needs_the_form(app: Flask, visitor: Visitor, other: Visitor) -> None:
    """Another site cannot make the browser someone else's."""
    link = create_link(visitor)
    token = other.fields(link)["token"]
    assert other.post("/transfer/accept", {"token": token}).status_code == 400
    assert other.cookie("contributor") == ""
    assert accept(other, link).status_code == 303


def test_the_browser_that_made_the_link_does_not_use_it(visitor: Visitor) -> None:
    """Trying the link at once leaves it valid, and the page says so."""
    page = visitor.get(create_link(visitor)).text
    assert "it has not been used" in page
    assert 'action="/transfer/accept"' not in page


def test_uploads_that_would_be_lost_are_named(visitor: Visitor, other: Visitor) -> None:
    """A browser with uploads of its own is warned; deleted ones count."""
    link = create_link(visitor)
    warning = "This browser has uploads of its own."
    other.get("/upload")
    assert warning not in other.get(link).text
    photo = other.add()
    assert warning in other.get(link).text
    other.submit(f"/photos/{photo}/delete")
    assert warning in other.get(link).text


def test_the_token_is_in_no_log_cache_or_referrer(
    config: Config, services: Services, capsys: pytest.CaptureFixture[str]
) -> None:
    """The log has paths without queries, and browsers send the origin alone as Referer."""
    app = create_app(replace(config, request_log=True), services)
    link = create_link(Visitor(app))
    token = link.partition("token=")[2]
    other = Visitor(app)
    pages = [other.get(link), accept(other, link), other.get(link)]
    assert [page.status_code for page in pages] == [200, 303, 410]
    for page in pages:
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "strict-origin"
    logged = capsys.readouterr()
    assert '"path":"/transfer"' in logged.out
    assert token not in logged.out + logged.err


def test_a_site_with_a_password_asks_for_it(config: Config, services: Services) -> None:
    """The link makes a browser the contributor, but gives no permission to upload."""
    app = create_app(replace(config, upload_password="let me add"), services)
    visitor, other = Visitor(app), Visitor(app)
    visitor.submit("/login", password="let me add")
    photo = visitor.add()
    other.submit("/login", password="let me add")
    accept(other, create_link(visitor))
    other.client.delete_cookie(other.cookie_name("session"))
    assert other.get(f"/photos/{photo}/edit").status_code == 403
    other.submit("/login", password="let me add")
    assert other.get(f"/photos/{photo}/edit").status_code == 200
    assert Visitor(app).post("/transfer", {}, {"X-Requested-With": "test"}).status_code == 403


def test_pages_say_whose_the_uploads_are(visitor: Visitor) -> None:
    """The upload form and the list of uploads name the browser and offer the link."""
    assert "in this browser only" in visitor.get("/upload").text
    for path in ("/uploads", "/uploads/deleted"):
        page = visitor.get(path).text
        assert "Your uploads belong to this browser." in page
        assert 'action="/transfer"' in page
