"""Signing out all other browsers of a contributor, through the site."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from unittest import mock

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain.errors import StorageUnavailable
from app.services.factory import Services
from app.web.auth import contributor_cookie
from tests.backends import Backend, aws_backend, local_backend
from tests.conftest import services_of
from tests.sample_images import jpeg
from tests.visitor import Visitor

PAGE = "/transfer/others"


@pytest.fixture(params=["local", "aws"])
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Backend]:
    """Return both backends: these tests are about their stored state."""
    if request.param == "local":
        yield local_backend(tmp_path)
    else:
        with aws_backend() as backend:
            yield backend


@pytest.fixture
def app(config: Config, services: Services) -> Flask:
    return create_app(replace(config, upload_password=None), services)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app)


def copy_of(visitor: Visitor) -> Visitor:
    """Return a browser with a copy of the contributor cookie."""
    other = Visitor(visitor.app)
    other.set_cookie(contributor_cookie.COOKIE, visitor.cookie(contributor_cookie.COOKIE))
    return other


def link_of(visitor: Visitor) -> str:
    page = visitor.post("/transfer", visitor.fields("/upload")).text
    found = re.search(r'data-path="(/transfer\?token=[^"]+)"', page)
    assert found
    return unescape(found[1])


def linked(visitor: Visitor) -> Visitor:
    """Return another browser that has used a link of the first one."""
    other = Visitor(visitor.app)
    assert other.post("/transfer/accept", other.fields(link_of(visitor))).status_code == 303
    return other


def sign_out_others(visitor: Visitor) -> None:
    assert visitor.submit(PAGE).location == "/uploads"


def may_change(visitor: Visitor, photo_id: str) -> bool:
    """Return whether the browser may edit the photo, and finds it among its uploads."""
    may_edit = visitor.get(f"/photos/{photo_id}/edit").status_code == 200
    assert may_edit == (f'value="{photo_id}"' in visitor.get("/uploads").text)
    return may_edit


@pytest.mark.parametrize("other_of", [copy_of, linked])
def test_other_browsers_can_no_longer_change_uploads(
    visitor: Visitor, other_of: Callable[[Visitor], Visitor]
) -> None:
    """One with a copied cookie, and one that used a link. This browser still can."""
    photo_id = visitor.add()
    other = other_of(visitor)
    replayed = copy_of(other)
    assert may_change(other, photo_id)
    sign_out_others(visitor)
    assert may_change(visitor, photo_id)
    for browser in (other, replayed):
        assert not may_change(browser, photo_id)
        fields = browser.fields("/upload") | {"title": "Stolen"}
        for path in ("edit", "hide", "delete", "rotate"):
            assert browser.post(f"/photos/{photo_id}/{path}", fields).status_code == 403
    assert visitor.get(f"/photos/{photo_id}").status_code == 200


def test_another_browser_does_not_see_hidden_photos_any_more(visitor: Visitor) -> None:
    """Nor photos in the trash, and it adds photos as a new contributor."""
    hidden, deleted = visitor.add(), visitor.add()
    other = copy_of(visitor)
    visitor.post(f"/photos/{hidden}/hide", visitor.fields("/upload"))
    visitor.submit(f"/photos/{deleted}/delete")
    assert other.get(f"/photos/{hidden}").status_code == 200
    sign_out_others(visitor)
    replayed = copy_of(other)
    for browser in (other, replayed):
        for photo_id in (hidden, deleted):
            assert browser.get(f"/photos/{photo_id}").status_code == 404
    for browser in (other, replayed):
        added = browser.add()
        assert may_change(browser, added)
        assert not may_change(visitor, added)


def test_albums_are_kept_too(visitor: Visitor) -> None:
    """A browser that is signed out changes none of them."""
    album = visitor.submit("/albums/new", title="Lake").location
    other = copy_of(visitor)
    sign_out_others(visitor)
    assert other.get(f"{album}/edit").status_code == 403
    assert album not in other.get("/albums/mine").text
    assert visitor.get(f"{album}/edit").status_code == 200


def test_a_lost_answer_signs_no_one_out_by_mistake(visitor: Visitor) -> None:
    """The browser keeps the cookie of the question, which is valid before and after."""
    photo_id = visitor.add()
    other = copy_of(visitor)
    fields = visitor.fields(PAGE)
    before = visitor.cookie(contributor_cookie.COOKIE)
    assert may_change(other, photo_id)
    visitor.post(PAGE, fields)
    visitor.set_cookie(contributor_cookie.COOKIE, before)
    assert may_change(visitor, photo_id)
    assert not may_change(other, photo_id)
    later = copy_of(visitor)
    sign_out_others(visitor)
    assert not may_change(later, photo_id)
    assert may_change(visitor, photo_id)


def test_the_question_changes_nothing(visitor: Visitor) -> None:
    """Every browser may open it, and none is signed out before the answer."""
    photo_id = visitor.add()
    other = copy_of(visitor)
    for browser in (visitor, other, visitor):
        browser.get(PAGE)
    assert may_change(visitor, photo_id)
    assert may_change(other, photo_id)
    sign_out_others(other)
    assert may_change(other, photo_id)
    assert not may_change(visitor, photo_id)


def test_a_copy_of_the_cookie_of_an_earlier_question_is_signed_out(visitor: Visitor) -> None:
    """The question was opened, not answered, and opened again later."""
    photo_id = visitor.add()
    visitor.get(PAGE)
    copied = copy_of(visitor)
    sign_out_others(visitor)
    assert may_change(visitor, photo_id)
    assert not may_change(copied, photo_id)


def test_a_browser_without_the_cookie_of_the_question_is_asked_again(visitor: Visitor) -> None:
    """Otherwise it would sign itself out."""
    photo_id = visitor.add()
    fields = visitor.fields("/upload")
    assert visitor.post(PAGE, fields).location == PAGE
    assert may_change(visitor, photo_id)


def test_a_browser_that_is_signed_out_signs_no_one_out(visitor: Visitor) -> None:
    photo_id = visitor.add()
    other = copy_of(visitor)
    fields = other.fields(PAGE)
    sign_out_others(visitor)
    assert other.post(PAGE, fields).location == PAGE
    assert other.get(PAGE).location == "/uploads"
    assert may_change(visitor, photo_id)


def test_links_that_are_not_used_stop_working(visitor: Visitor) -> None:
    """A link that is made afterward works, and so does signing out again."""
    photo_id = visitor.add()
    link = link_of(visitor)
    sign_out_others(visitor)
    assert Visitor(visitor.app).get(link).status_code == 410
    other = linked(visitor)
    assert may_change(other, photo_id)
    sign_out_others(visitor)
    assert not may_change(other, photo_id)


def test_another_site_cannot_do_it(visitor: Visitor) -> None:
    """A form without the token of the session is refused."""
    photo_id = visitor.add()
    other = copy_of(visitor)
    visitor.get(PAGE)
    assert visitor.post(PAGE, {}).status_code == 400
    assert may_change(other, photo_id)


def test_a_storage_that_does_not_answer_is_no_permission(
    visitor: Visitor, backend: Backend
) -> None:
    """The page says that the storage failed. The cookie and the typed text are kept."""
    photo_id = visitor.add()
    failure = StorageUnavailable("down")
    with mock.patch.object(type(backend.session_revocations), "generation_of", side_effect=failure):
        for path in (f"/photos/{photo_id}/edit", "/uploads"):
            assert visitor.get(path).status_code == 503
        refused = visitor.upload(jpeg(80, 60), title="Typed for long")
        assert refused.status_code == 503
        assert "Typed for long" in refused.text
    assert may_change(visitor, photo_id)


def test_a_rebuilt_catalog_knows_no_generation(
    visitor: Visitor, backend: Backend, config: Config
) -> None:
    """Then every cookie is valid again, so that no one loses their uploads."""
    photo_id = visitor.add()
    sign_out_others(visitor)
    owner = backend.catalog.get(photo_id).owner
    assert services_of(backend, config).backend.session_revocations.generation_of(owner)
    with mock.patch.object(type(backend.session_revocations), "generation_of", return_value=None):
        assert may_change(visitor, photo_id)


def test_own_uploads_offer_it(visitor: Visitor) -> None:
    visitor.add()
    assert f'href="{PAGE}"' in visitor.get("/uploads").text
    assert Visitor(visitor.app).get(PAGE).location == "/uploads"
