"""Carrying one's uploads to another browser."""

import re
from dataclasses import replace
from html import unescape

import pytest
import segno
from flask import Flask
from werkzeug.test import TestResponse

from app import create_app
from app.config import Config
from app.services.factory import Services
from tests.visitor import Visitor


def create_link(visitor: Visitor) -> str:
    """Return the path of a new link."""
    page = visitor.post("/transfer", {"csrf_token": visitor.fields("/upload")["csrf_token"]})
    assert page.status_code == 200
    found = re.search(r'data-path="(/transfer\?token=[^"]+)"', page.text)
    assert found
    return unescape(found[1])


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


def test_a_browser_without_login_is_asked_to_log_in(config: Config, services: Services) -> None:
    """On a site with an upload password, it can change the uploads only then."""
    app = create_app(replace(config, upload_password="another one!"), services)
    uploader, other = Visitor(app), Visitor(app)
    uploader.submit("/login", password="another one!")
    photo = uploader.add()
    answer = accept(other, create_link(uploader))
    login = other.get(other.get(answer.location).location).text
    assert "Log in, and you can change these uploads in this browser too." in login
    assert "You can now change" not in login
    other.submit("/login", password="another one!")
    assert other.submit(f"/photos/{photo}/edit", title="Mine").status_code == 303


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
    accept(other, create_link(visitor))
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
