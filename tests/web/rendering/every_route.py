"""Open every route of the site, as the admin who has photos, an album and guests."""

from dataclasses import replace

from flask import Flask, url_for
from werkzeug.test import TestResponse

from app import create_app
from app.config import Config
from app.services.factory import Services
from tests.visitor import Visitor

TEXT = {"title": "해운대", "tags": "바다", "description": "저녁", "alt": "물결"}
VERBS = {"album_guests.confirm": "renew", "contributors.confirm": "hide"}


def pages_of_every_route(config: Config, services: Services, *languages: str) -> list[TestResponse]:
    """Return the HTML pages of all routes that can be opened with a link, in each language."""
    app = create_app(replace(config, admin_password="관리"), services)
    visitor = Visitor(app)
    visitor.set_cookie("language", languages[0])
    paths = _paths(app, _arrange(visitor, services))
    pages = []
    for language in languages:
        visitor.set_cookie("language", language)
        answers = [answer for answer in map(visitor.get, paths) if answer.status_code != 303]
        pages += [answer for answer in answers if answer.mimetype == "text/html"]
    assert len(pages) > 10 * len(languages)
    return pages


def _arrange(visitor: Visitor, services: Services) -> dict[str, str]:
    """Add photos in several states and an album with guests. Return the values of paths."""
    visitor.submit("/login", password="관리")
    shown, hidden, deleted = (visitor.add(**TEXT) for _ in range(3))
    visitor.post(f"/photos/{hidden}/hide", visitor.fields(f"/photos/{hidden}"))
    visitor.submit(f"/photos/{deleted}/delete")
    owner = services.photos.get(shown).owner
    album = visitor.submit("/albums/new", title="호수").location.rpartition("/")[2]
    visitor.submit(f"/albums/{album}/guests", guest_access="see", guest_limit="9")
    code = services.albums.get(album).guest_code
    visitor.submit(f"/join/{code}")
    return {"photo_id": shown, "tag": "바다", "owner": owner, "album_id": album, "code": code}


def _paths(app: Flask, known: dict[str, str]) -> list[str]:
    with app.test_request_context():
        rules = [
            rule
            for rule in app.url_map.iter_rules()
            if "GET" in (rule.methods or ()) and rule.arguments <= {*known, "verb"}
            if not rule.endpoint.endswith(".show_after")  # redirects
        ]
        return [
            url_for(
                rule.endpoint,
                **{name: known.get(name, VERBS.get(rule.endpoint)) for name in rule.arguments},
            )
            for rule in rules
        ]
