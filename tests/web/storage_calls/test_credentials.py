"""The calls to AWS of tokens, cookies, sessions and transfer links are part of the design."""

from dataclasses import replace
from unittest import mock

from flask import Flask

from app import create_app
from app.config import Config
from app.domain.photo_summary import Role
from app.services.factory import Services
from tests.backends import Backend
from tests.conftest import services_of
from tests.storage.aws_calls import recorded
from tests.visitor import JSON, Visitor
from tests.web.storage_calls.page_calls import calls_of


def test_a_token_costs_one_read(backend: Backend, app: Flask, services: Services) -> None:
    """On each page, and for a change. A text that is no token costs none."""
    secret, _token = services.tokens.create("Wall", Role.CONTRIBUTOR, None, None)
    bearer = {"Authorization": f"Bearer {secret}", **JSON}
    stranger = Visitor(app)
    for path in ("/tags/sea", "/search?q=sea", "/albums"):
        anonymous = calls_of(backend, stranger, path, JSON)
        assert calls_of(backend, stranger, path, bearer) == {
            "GetItem": 1 + anonymous.pop("GetItem", 0),
            **anonymous,
        }
    assert calls_of(backend, stranger, "/uploads", bearer) == {"GetItem": 1, "Query": 1}
    assert backend.clients
    for text, counts in (("shoebox_" + "0" * 39, {}), ("shoebox_" + "0" * 40, {"GetItem": 1})):
        with recorded(backend.clients) as calls:
            headers = {"Authorization": f"Bearer {text}"}
            assert stranger.get("/uploads", headers=headers).status_code == 401
        assert calls.counts == counts


def test_the_own_cookie_costs_one_get_where_it_matters(
    backend: Backend, visitor: Visitor, generations: mock.Mock
) -> None:
    """That is on pages of own photos and albums. Other pages do not ask who the visitor is."""
    album = visitor.submit("/albums/new", title="Lake").location
    photo_id = visitor.add(tags="sea")
    other = Visitor(visitor.app)
    strange = f"/photos/{other.add()}"
    visitor.get("/")
    own = f"/photos/{photo_id}"
    for path in (own, f"{own}/edit", album, f"{album}/edit", "/albums/mine", "/uploads"):
        generations.reset_mock()
        assert visitor.get(path).status_code == 200
        assert generations.call_count == 1, path
    generations.reset_mock()
    pages = ("/", "/tags/sea", "/albums", "/search?q=sea", "/upload", "/albums/new", strange)
    for path in pages:
        assert visitor.get(path).status_code == 200
    for path in (*pages, own, album):
        assert Visitor(visitor.app).get(path).status_code == 200
    assert generations.call_count == 0
    fields = visitor.fields("/upload") | {"photo": photo_id, "add": "hill"}
    assert visitor.post("/photos/select/tags?in=uploads", fields).status_code == 303
    assert generations.call_count == 1


def test_session_costs_one_get(backend: Backend, config: Config) -> None:
    """Whether a session is revoked is read once per request."""
    limited = replace(config, admin_password="let me rule")
    services = services_of(backend, limited)
    visitor = Visitor(create_app(limited, services))
    photo_id = visitor.add()
    visitor.submit("/login", password="let me rule")
    assert calls_of(backend, visitor, "/") == {"Query": 4, "GetItem": 1}
    assert calls_of(backend, visitor, f"/photos/{photo_id}") == {"GetItem": 1 + 1, "Query": 8}


def test_transfer_link_costs_one_get_and_two_puts(
    backend: Backend, app: Flask, visitor: Visitor
) -> None:
    """Creating it is free. The confirmation also reads whether the browser has uploads.

    The generation of the link's cookies is one GetItem more each.
    """
    assert backend.clients
    token = visitor.fields("/upload")["csrf_token"]
    with recorded(backend.clients) as calls:
        page = visitor.post("/transfer", {"csrf_token": token}).text
    assert calls.counts == {}
    link = "/transfer?" + page.partition('data-path="/transfer?')[2].partition('"')[0]
    other = Visitor(app)
    assert calls_of(backend, other, link) == {"GetItem": 1}
    fields = other.fields(link)
    other.get("/upload")
    assert calls_of(backend, other, link) == {"GetItem": 1, "Query": 2}
    with recorded(backend.clients) as calls:
        assert other.post("/transfer/accept", fields).status_code == 303
    assert calls.counts == {"GetItem": 1, "PutItem": 2}
