"""A site with an admin and two contributors, whose photos are in every kind of listing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app import create_app
from app.config import Config
from app.domain.photo import Photo
from app.services.factory import Services
from tests.sample_images import jpeg, phone_exif
from tests.visitor import Visitor

BOX = r'type="checkbox" name="photo" value="(\w+)"'
OWN = ("uploads", "batch")
PUBLIC = ("", "tag:lake", "search:dusk", "taken", "taken:2026", "taken:2026-08", "album")


@dataclass(frozen=True)
class Site:
    """Visitors, and one dated photo of each contributor. Both are in all `PUBLIC` listings."""

    app: Flask
    services: Services
    owner: Visitor
    other: Visitor
    admin: Visitor
    own: str
    others: str
    album_id: str

    def listing(self, name: str) -> str:
        """Return the value of the parameter `in`."""
        return f"album:{self.album_id}" if name == "album" else name

    @property
    def contributor(self) -> str:
        """The owner of the first photo."""
        return self.services.photos.get_any_state(self.own).owner


@pytest.fixture
def site(config: Config, services: Services) -> Site:
    app = create_app(replace(config, admin_password="change it all"), services)
    owner, other, admin = Visitor(app), Visitor(app), Visitor(app)
    admin.send("/login", password="change it all")
    path = owner.send("/albums/new", title="Week", contributors="everyone").location
    album_id = path.rpartition("/")[2]
    typed = {"title": "Dusk", "tags": "lake", "album": album_id}
    own, others = add_dated(owner, **typed), add_dated(other, **typed)
    return Site(app, services, owner, other, admin, own, others, album_id)


def add_dated(visitor: Visitor, **typed: Any) -> str:
    """Add a photo that was taken in August 2026, as a script does."""
    answer = visitor.upload_json(jpeg(90, 60, exif=phone_exif()), **typed)
    return str(answer.json["photos"][0]["photo_id"])


def open_selection(visitor: Visitor, listing: str = "", **parameters: str) -> str:
    """Return the page with the check boxes, without a redirect to another page with them."""
    answer = visitor.get(f"/photos/select?{urlencode({'in': listing} | parameters)}")
    if answer.status_code == 302:
        answer = visitor.get(answer.location)
    assert answer.status_code == 200
    return answer.text


def press(
    visitor: Visitor, verb: str, listing: str, chosen: Iterable[str], **typed: Any
) -> TestResponse:
    """Send the form with one of its buttons."""
    token = {"csrf_token": visitor.fields("/login")["csrf_token"]}
    query = urlencode({"in": listing})
    return visitor.post(f"/photos/select/{verb}?{query}", token | {"photo": list(chosen)} | typed)


def undo(visitor: Visitor, page: str) -> TestResponse:
    """Press the button "Undo" of a message."""
    pattern = r'<form class="message" method="post" action="([^"]*)">(.*?)</form>'
    form = re.search(pattern, page, re.DOTALL)
    assert form
    fields: dict[str, Any] = {"photo": re.findall(r'name="photo" value="(\w+)"', form[2])}
    fields["csrf_token"] = visitor.fields("/login")["csrf_token"]
    return visitor.post(unescape(form[1]), fields)


def boxes(page: str) -> list[str]:
    """The photos that can be selected."""
    return re.findall(BOX, page)


def selected(page: str) -> list[str]:
    """The photos that are selected."""
    return re.findall(rf"{BOX}\s+checked", page)


def verbs(page: str) -> set[str]:
    """The changes for which the page has buttons."""
    return set(re.findall(r'action="/photos/select/(\w+)', page)) - {"entered"}


def own_listing(site: Site, name: str) -> str:
    return f"batch:{site.own[:10]}" if name == "batch" else site.listing(name)


def photo(site: Site, photo_id: str) -> Photo:
    return site.services.photos.get_any_state(photo_id)
