"""Files that are here already are not added again, unless the visitor wants that.

Covers app.web.rendering.upload_messages.
"""

import re
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app import create_app
from app.config import Config
from app.services.factory import Services
from tests.backends import Backend
from tests.sample_images import jpeg
from tests.visitor import JSON, Visitor

BODY = jpeg(90, 60)
HASH = sha256(BODY).hexdigest()
SKIP: dict[str, Any] = {"add_duplicates": ""}


def ask(visitor: Visitor, body: Any, headers: dict[str, str] | None = None) -> TestResponse:
    return visitor.client.post("/upload/duplicates", json=body, headers=JSON | (headers or {}))


def found(visitor: Visitor, *hashes: str) -> dict[str, Any]:
    answer = ask(visitor, {"sha256": list(hashes)})
    assert answer.status_code == 200, answer.text
    duplicates: dict[str, Any] = answer.json["duplicates"]
    return duplicates


def added_id(visitor: Visitor, body: bytes = BODY, **typed: Any) -> str:
    return str(visitor.upload_json(body, **typed).json["photos"][0]["photo_id"])


def test_a_file_is_added_once(visitor: Visitor, backend: Backend) -> None:
    """A script gets the photo that exists, and a status that says that nothing was created."""
    photo_id = added_id(visitor)
    answer = visitor.upload_json(BODY, jpeg(91, 60), **SKIP)
    assert answer.status_code == 201
    path = f"/photos/{photo_id}"
    file = {"filename": "IMG_0.jpg", "photo_id": photo_id, "path": path}
    skipped = [file | {"album_note": ""}]
    assert answer.json["skipped"] == skipped
    assert len(answer.json["photos"]) == 1
    again = visitor.upload_json(BODY, **SKIP)
    assert (again.status_code, again.json["photos"], again.json["skipped"]) == (200, [], skipped)
    assert len(list(backend.catalog.photos())) == 2


@pytest.mark.parametrize("value", ["", "0"])
def test_only_1_adds_a_file_again(visitor: Visitor, backend: Backend, value: str) -> None:
    added_id(visitor)
    assert visitor.upload_json(BODY, add_duplicates=value).json["photos"] == []
    assert visitor.upload_json(BODY, add_duplicates="1").json["photos"] != []
    assert len(list(backend.catalog.photos())) == 2


def test_a_form_that_is_sent_again_is_no_duplicate(visitor: Visitor, backend: Backend) -> None:
    """It gets the photo that it made, and so does the same file twice in one form."""
    first = added_id(visitor, upload_id="f", **SKIP)
    answer = visitor.upload_json(BODY, BODY, upload_id="f", **SKIP)
    assert [photo["photo_id"] for photo in answer.json["photos"]] == [first, first]
    assert answer.json["skipped"] == []
    assert len(list(backend.catalog.photos())) == 1


def test_a_form_without_a_script_says_what_was_here_already(visitor: Visitor) -> None:
    """The page has a link to the photo, keeps the typed text, and offers to add it anyway."""
    photo_id = added_id(visitor)
    page = visitor.upload(BODY, title="Typed", **SKIP)
    assert page.status_code == 200
    assert "This photo is already here." in page.text
    assert f'href="/photos/{photo_id}"' in page.text
    assert 'value="Typed"' in page.text
    assert re.search(r'<input [^>]*name="add_duplicates"[^>]*type="checkbox"', page.text)
    assert 'name="add_duplicates"' not in visitor.get("/upload").text


def test_the_next_page_names_the_files_that_were_skipped(visitor: Visitor) -> None:
    """Some files of a form were added, others were here already."""
    photo_id = added_id(visitor)
    answer = visitor.upload(BODY, jpeg(91, 60), names=("Dawn.jpg", "b.jpg"), **SKIP)
    assert answer.status_code == 303
    page = visitor.get(answer.location).text
    assert "1 photo is already here. It wasn’t added again." in page
    assert "Dawn.jpg" in page
    assert f'href="/photos/{photo_id}"' in page
    assert 'href="/upload?add_duplicates=1"' in page
    assert "checked" in visitor.get("/upload?add_duplicates=1").text


def test_many_skipped_files_do_not_fill_the_cookie(visitor: Visitor) -> None:
    """The page says how many files there are, and names a few."""
    names = tuple(f"{n}{'x' * 200}.jpg" for n in range(12))
    bodies = [jpeg(100 + n, 60) for n in range(12)]
    visitor.upload_json(*bodies)
    answer = visitor.upload(*bodies, jpeg(99, 60), names=(*names, "new.jpg"), **SKIP)
    cookies = answer.headers.getlist("Set-Cookie")
    assert all(len(cookie) < 2500 for cookie in cookies)
    assert "12 photos are already here." in visitor.get(answer.location).text


def test_a_script_learns_which_files_are_here(visitor: Visitor) -> None:
    """The answer also has a batch that begins now."""
    photo_id = added_id(visitor)
    answer = ask(visitor, {"sha256": [HASH, HASH, "0" * 64]})
    path = f"/photos/{photo_id}"
    assert answer.json["duplicates"] == {HASH: {"photo_id": photo_id, "path": path}}
    batch = answer.json["batch"]
    assert visitor.upload_json(jpeg(91, 60), batch=batch, position="0").json["batch"] == {
        "token": batch,
        "path": visitor.upload_json(jpeg(92, 60), batch=batch, position="1").json["batch"]["path"],
    }
    assert found(visitor) == {}


def test_hidden_and_deleted_photos_are_not_disclosed(visitor: Visitor, app: Flask) -> None:
    """Their owner learns of a hidden one. Everyone else adds the file as if it were new."""
    photo_id = added_id(visitor)
    stranger = Visitor(app)
    assert HASH in found(stranger, HASH)
    visitor.submit(f"/photos/{photo_id}/edit")  # has the tokens of a form
    visitor.post(f"/photos/{photo_id}/hide", visitor.fields("/upload"))
    assert found(stranger, HASH) == {}
    assert found(visitor, HASH)[HASH]["photo_id"] == photo_id
    assert visitor.upload_json(BODY, **SKIP).json["skipped"][0]["photo_id"] == photo_id
    assert stranger.upload_json(BODY, **SKIP).json["photos"][0]["duplicate_of"] is None
    visitor.submit(f"/photos/{photo_id}/delete")
    assert found(visitor, HASH)[HASH]["photo_id"] != photo_id


def test_a_public_photo_is_found_behind_a_hidden_one(visitor: Visitor, app: Flask) -> None:
    """Someone hides their photo of a file of which another photo is public."""
    photo_id = added_id(visitor)
    other = Visitor(app)
    hidden = added_id(other)
    other.post(f"/photos/{hidden}/hide", other.fields("/upload"))
    assert found(Visitor(app), HASH)[HASH]["photo_id"] == photo_id


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"sha256": HASH},
        {"sha256": None},
        {"sha256": [HASH[:-1]]},
        {"sha256": [HASH.upper()]},
        {"sha256": [f"{HASH}\n"]},
        {"sha256": [[HASH]]},
        {"sha256": [HASH] * 51},
    ],
)
def test_anything_but_a_short_list_of_hashes_is_refused(visitor: Visitor, body: Any) -> None:
    """The problem says what to send."""
    answer = ask(visitor, body)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert "up to 50 hashes" in answer.json["detail"]


@pytest.mark.parametrize("body", ["{", '{"sha256":' + "[" * 30_000], ids=["cut", "nested"])
def test_a_body_that_is_no_json_is_refused(visitor: Visitor, body: str) -> None:
    """Nor one that is nested more deeply than the parser can read."""
    headers = JSON | {"Content-Type": "application/json"}
    answer = visitor.client.post("/upload/duplicates", data=body, headers=headers)
    assert answer.status_code == 422


def test_only_who_may_upload_may_ask(config: Config, services: Services) -> None:
    """A page of another site may not either."""
    closed = Visitor(create_app(replace(config, upload_password="letmein"), services))
    assert ask(closed, {"sha256": [HASH]}).status_code == 403
    bearer = {"Authorization": "Bearer letmein"}
    assert ask(closed, {"sha256": [HASH]}, bearer).status_code == 200
    foreign = closed.client.post("/upload/duplicates", json={"sha256": [HASH]}, headers={})
    assert foreign.status_code == 400


def test_questions_have_a_rate_limit_of_their_own(config: Config, services: Services) -> None:
    """Over the limit, uploads still work."""
    limited = Visitor(create_app(replace(config, upload_rate_limit="3 per minute"), services))
    assert found(limited, HASH, "0" * 64) == {}
    answer = ask(limited, {"sha256": [HASH, "0" * 64]})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert limited.upload_json(BODY).status_code == 201
