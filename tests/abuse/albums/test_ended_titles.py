"""No route gives the title of an album whose link has ended to anyone but its host and the admin.

Every route is asked by every method, with the ids of the album and of photos in it and outside. A
sampled run sends a part of the requests to each.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import chain, product, zip_longest

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.config import Config
from app.domain.photo_summary import Role
from app.services.factory import Services
from tests.abuse.hostile_requests.values import FIELDS, PATH_ARGUMENTS
from tests.sample_images import jpeg
from tests.visitor import JSON, Visitor

pytestmark = pytest.mark.usefixtures("counts_in_memory")
SAMPLED = 5  # one of as many requests to a route in a sampled run
EARLIER, CURRENT = "Midsummer feast", "Harvest dinner"
GUESTS = {"guest_access": "see", "guest_limit": "100"}
HTML = {"X-Requested-With": "test"}
# These come last, in this order: afterwards the visitor has no photos, or is another one.
_LAST = ("remove", "refuse", "hide", "delete", "purge", "others", "log")


@dataclass
class Ended:
    """An album whose link has ended and whose title has changed since, and a visitor.

    Attributes:
        visitor: Who asks.
        values: The values of the arguments of paths, which name the album.
        photo_ids: A photo of the visitor, if they have one, and photos of the album.
    """

    visitor: Visitor
    values: dict[str, str]
    photo_ids: list[str]


@dataclass(frozen=True)
class Request:
    """A request, and the photo that its form names."""

    method: str
    path: str
    is_json: bool
    photo_id: str = ""


@pytest.fixture
def config(config: Config) -> Config:
    many = "1000000 per minute"
    return replace(config, admin_password="let me rule", upload_rate_limit=many)


def add_as_guest(guest: Visitor, code: str, number: int) -> str:
    """Open a guest link, add a photo by it, and return the id of the photo."""
    guest.submit(f"/join/{code}")
    sent = {"photo": [(BytesIO(jpeg(80 + number, 60)), "a.jpg")]}
    answer = guest.post(f"/upload?guest={code}", sent, JSON)
    return str(answer.json["photos"][0]["photo_id"])


def prepare(visitor: Visitor, name: str, album_id: str, code: str, services: Services) -> list[str]:
    """Let a visitor be who the name says, and return the ids of the photos they have."""
    if name in {"contributor", "reviewer"}:
        secret, _token = services.tokens.create(name, Role(name), album_id, None)
        visitor.client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    outside = [visitor.add(title="Outside")] if name in {"guest", "uploader"} else []
    return [*outside, add_as_guest(visitor, code, 1)] if name == "guest" else outside


@pytest.fixture(params=["anonymous", "uploader", "guest", "contributor", "reviewer"])
def ended(request: pytest.FixtureRequest, app: Flask, services: Services) -> Ended:
    """The visitor is a guest of the album, has a token for it, or has uploaded elsewhere."""
    host, visitor = Visitor(app), Visitor(app)
    location = host.send("/albums/new", title=EARLIER, visibility="unlisted").location
    album_id = location.rpartition("/")[2]
    host.submit(f"/albums/{album_id}/guests", **GUESTS)
    code = services.albums.get(album_id).guest_code
    others = add_as_guest(Visitor(app), code, 0)
    own = prepare(visitor, request.param, album_id, code, services)
    album = services.album_links.end_now(services.albums.get(album_id))
    services.album_links.settle_due()
    form = {"title": CURRENT, "visibility": "unlisted", "contributors": "everyone"}
    assert host.submit(f"/albums/{album_id}/edit", order="taken", **form).status_code == 303
    album = services.albums.get(album_id)
    assert (album.title, album.contributors) == (CURRENT, "everyone")
    values = PATH_ARGUMENTS | {"album_id": album_id, "code": code}
    return Ended(visitor, values, [*own, others])


def paths_of(rule: Rule, values: dict[str, str]) -> Iterator[str]:
    """Yield the paths of a rule: each of the words that an argument can be, or its value."""
    parts = re.split(r"<([^<>]*)>", rule.rule)
    texts, arguments = parts[::2], [_words(part, values) for part in parts[1::2]]
    for words in product(*arguments):
        between = zip_longest(texts, words, fillvalue="")
        yield "".join(chain.from_iterable(between))


def _words(argument: str, values: dict[str, str]) -> list[str]:
    converter, _, name = argument.rpartition(":")
    listed = re.fullmatch(r"any\((.*)\)", converter)
    return re.findall("[a-z]+", listed[1]) if listed else [values[name]]


def fields_of(ended: Ended, photo_id: str) -> dict[str, str]:
    """Return a form with every field of the site."""
    fields = {name: value.decode() for name, value in FIELDS.items()}
    album_id = ended.values["album_id"]
    album = {"album": album_id, "album_address": f"/albums/{album_id}", "password": "wrong"}
    return fields | album | {"photo": photo_id, "guest": photo_id, "code": ended.values["code"]}


def post_to(rule: Rule, request: Request, ended: Ended, headers: dict[str, str]) -> TestResponse:
    """Send a form to a rule. That of an upload has a file."""
    fields = fields_of(ended, request.photo_id)
    if rule.endpoint != "upload.create":
        return ended.visitor.post_text(request.path, fields, headers)
    photo = {"photo": [(BytesIO(jpeg(90, 60)), "a.jpg")]}
    return ended.visitor.post(request.path, fields | photo, headers)


def requests_to(rule: Rule, ended: Ended) -> Iterator[Request]:
    """Yield the requests to a rule. Those that get a page are the same for each photo."""
    album_id, code = ended.values["album_id"], ended.values["code"]
    queries = ("", f"?in=album:{album_id}&album={album_id}&guest={code}")
    for photo_id, query, headers in product(ended.photo_ids, queries, (HTML, JSON)):
        for path in paths_of(rule, ended.values | {"photo_id": photo_id}):
            if "GET" in (rule.methods or set()):
                yield Request("GET", path + query, headers is JSON)
            if "POST" in (rule.methods or set()):
                yield Request("POST", path + query, headers is JSON, photo_id)


def answers_to(rule: Rule, request: Request, ended: Ended) -> Iterator[TestResponse]:
    """Yield the answer to a request, and the next page, which shows the messages of a form."""
    headers = JSON if request.is_json else HTML
    if request.method == "GET":
        yield ended.visitor.get(request.path, headers=headers)
        return
    answer = post_to(rule, request, ended, headers)
    yield answer
    if answer.location:
        yield ended.visitor.get(answer.location)


def _turn(rule: Rule) -> int:
    """Return when the requests to a rule are sent: the later, the more they end."""
    text = f"{rule.endpoint} {rule.rule}"
    return max((number for number, word in enumerate(_LAST, 1) if word in text), default=0)


def test_no_route_gives_the_title_of_an_album_whose_link_has_ended(
    app: Flask, ended: Ended, *, exhaustive: bool
) -> None:
    """Neither the title that the guests knew, nor the one it has now."""
    every = 1 if exhaustive else SAMPLED
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static.file"]
    rules.sort(key=_turn)
    found = set()
    for rule in rules:
        sent = list(dict.fromkeys(requests_to(rule, ended)))[::every]
        answers = [(each, answer) for each in sent for answer in answers_to(rule, each, ended)]
        for request, answer in answers:
            texts = f"{answer.headers}\n{answer.data.decode('latin-1')}"
            if EARLIER in texts or CURRENT in texts:
                found.add(request)
    assert found == set()


def test_the_host_still_reads_the_title(app: Flask, services: Services) -> None:
    """On the page of the album, and when the host removes a photo from it."""
    host, guest = Visitor(app), Visitor(app)
    location = host.send("/albums/new", title=CURRENT, visibility="unlisted").location
    album_id = location.rpartition("/")[2]
    host.submit(f"/albums/{album_id}/guests", **GUESTS)
    album = services.albums.get(album_id)
    photo_id = add_as_guest(guest, album.guest_code, 0)
    services.album_links.end_now(services.albums.get(album_id))
    assert CURRENT in host.get(location).text
    fields = host.fields("/upload") | {"photo": photo_id}
    assert guest.post(f"/albums/{album_id}/remove", fields, HTML).status_code == 410
    assert services.photos.get(photo_id).membership_in(album_id)
    answer = host.post(f"/albums/{album_id}/remove", fields)
    assert f"Removed from “{CURRENT}”" in host.get(answer.location).text
