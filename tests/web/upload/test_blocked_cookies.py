"""Visitors learn that their browser blocks or loses cookies."""

from io import BytesIO

from flask import Flask

from tests.backends import Backend
from tests.sample_images import jpeg
from tests.visitor import Visitor

BLOCKED = "Your browser blocks this site’s cookies"


def without_cookies(app: Flask) -> Visitor:
    """Return a browser that blocks cookies."""
    visitor = Visitor(app)
    visitor.client = app.test_client(use_cookies=False)
    return visitor


def test_blocked_cookies_are_said_and_a_retry_makes_no_second_photo(
    app: Flask, backend: Backend
) -> None:
    """The script of a browser without cookies sends the same form twice, as after a lost answer."""
    visitor = without_cookies(app)
    form = {"upload_id": visitor.fields("/upload")["upload_id"]}
    body = jpeg(90, 60)
    first, again = (visitor.upload_json(body, **form).json for _ in range(2))
    assert first is not None
    assert again is not None
    for answer in (first, again):
        assert [BLOCKED in warning for warning in answer["warnings"]] == [True]
    assert first["photos"][0]["photo_id"] == again["photos"][0]["photo_id"]
    assert len(list(backend.catalog.photos())) == 1


def test_blocked_cookies_stop_a_form_without_a_script(app: Flask, backend: Backend) -> None:
    """The form's token needs the session cookie: nothing is added, and the page says why."""
    visitor = without_cookies(app)
    answer = visitor.upload(jpeg(), title="Typed for long")
    assert answer.status_code == 400
    assert "Allow cookies for this site" in answer.text
    assert "Typed for long" in answer.text
    assert list(backend.catalog.photos()) == []


def test_a_lost_contributor_cookie_is_said_on_the_photo_page(visitor: Visitor) -> None:
    """A browser that kept the session alone may get a new cookie, but reads that it was lost."""
    fields = visitor.fields("/upload")
    visitor.client.delete_cookie(visitor.cookie_name("contributor"))
    answer = visitor.post("/upload", fields | {"photo": (BytesIO(jpeg()), "a.jpg")})
    assert BLOCKED in visitor.get(answer.location).text


def test_blocked_cookies_are_said_beside_an_error(visitor: Visitor) -> None:
    """One file was added, another was not."""
    fields = visitor.fields("/upload")
    visitor.client.delete_cookie(visitor.cookie_name("contributor"))
    files = [(BytesIO(jpeg()), "a.jpg"), (BytesIO(b"no picture"), "b.jpg")]
    answer = visitor.post("/upload", fields | {"photo": files})
    assert answer.status_code == 422
    assert BLOCKED in answer.text


def test_cookies_that_work_cause_no_warning(app: Flask, visitor: Visitor) -> None:
    """Neither does a script that never opened the form, such as curl."""
    form = {"upload_id": visitor.fields("/upload")["upload_id"]}
    assert visitor.upload_json(jpeg(), **form).json["warnings"] == []
    script = without_cookies(app)
    assert script.upload_json(jpeg()).json["warnings"] == []
    assert script.upload_json(jpeg(), upload_id="mine").json["warnings"] == []
