"""Open every route of the site, as the admin who has photos, an album and guests."""

import re
from dataclasses import replace
from functools import partial

from flask import Flask, url_for
from werkzeug.test import TestResponse

from app import create_app
from app.config import Config
from app.services.factory import Services
from tests.visitor import JSON, Visitor

TEXT = {"title": "해운대", "tags": "바다", "description": "저녁", "alt": "물결"}
VERBS = {"album_guests.confirm": "renew", "contributors.confirm": "hide"}

_PARAMETER = re.compile(r"<(?:\w+(?:\((?P<choice>\w+).*?\))?:)?(?P<name>\w+)>")
INVALID = {
    **dict.fromkeys(("title", "description", "text", "contributor_name", "tags"), "x" * 9999),
    **dict.fromkeys(("reason", "role", "until", "last_day", "visibility", "order"), "?"),
    **dict.fromkeys(("guest_access", "guest_limit", "album", "password"), "?"),
}


def answers_to_invalid_forms(config: Config, services: Services) -> dict[str, TestResponse]:
    """Send a form with invalid fields to every address, and ask for JSON. Return the answers."""
    app = create_app(replace(config, admin_password="관리"), services)
    visitor = Visitor(app)
    known = _arrange(visitor, services)
    with app.test_request_context():
        rules = [rule.rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    paths = [_PARAMETER.sub(partial(_first_value, known), rule) for rule in rules]
    form = INVALID | {"photo": known["photo_id"]}
    harmless = [path for path in paths if not path.endswith(("/delete", "/purge", "/logout"))]
    return {path: visitor.client.post(path, data=form, headers=JSON) for path in harmless}


def _first_value(known: dict[str, str], parameter: re.Match[str]) -> str:
    """Return the known value of a parameter of a rule, or the first of its choices."""
    return known.get(parameter["name"]) or parameter["choice"] or "1"


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
