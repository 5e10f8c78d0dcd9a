"""Ids of other people's photos: whoever knows or guesses one can look, and do nothing else."""

from dataclasses import replace

import pytest
from flask import Flask

from app.config import Config
from app.domain.photo import PhotoState
from app.services.photo_service import PhotoService
from tests.sample_images import jpeg
from tests.visitor import Visitor


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, admin_password="let me rule")


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    """Another contributor, with photos and forms of their own."""
    stranger = Visitor(app)
    stranger.add()
    return stranger


def with_token(visitor: Visitor) -> dict[str, str]:
    """A form of the visitor's own, whose token is good for every address."""
    return visitor.fields("/upload")


@pytest.mark.parametrize("verb", ["edit", "hide", "delete"])
def test_a_public_photo_is_changed_by_nobody_else(
    visitor: Visitor, stranger: Visitor, service: PhotoService, verb: str
) -> None:
    """A stranger with a good token and the right version is refused, and nothing changes."""
    photo_id = visitor.add(title="Mine")
    before = service.get_any_state(photo_id)
    answer = stranger.post(
        f"/photos/{photo_id}/{verb}", with_token(stranger) | {"title": "Theirs", "version": "1"}
    )
    assert answer.status_code == 403
    assert service.get_any_state(photo_id) == before
    assert stranger.get(f"/photos/{photo_id}/edit").status_code == 403


@pytest.mark.parametrize(
    ("done", "verb"), [("hide", "unhide"), ("delete", "restore"), ("delete", "delete")]
)
def test_what_its_owner_took_away_is_brought_back_by_nobody_else(
    visitor: Visitor, stranger: Visitor, service: PhotoService, done: str, verb: str
) -> None:
    """A hidden photo stays hidden, and a deleted one deleted."""
    photo_id = visitor.add()
    assert visitor.post(f"/photos/{photo_id}/{done}", with_token(visitor)).status_code == 303
    before = service.get_any_state(photo_id)
    assert stranger.post(f"/photos/{photo_id}/{verb}", with_token(stranger)).status_code in {
        403,
        404,
    }
    assert service.get_any_state(photo_id) == before


def test_the_same_file_does_not_lead_to_what_is_hidden(
    visitor: Visitor, stranger: Visitor, service: PhotoService
) -> None:
    """Whoever has a hidden photo's file too is not told its address."""
    body = jpeg()
    photo_id = visitor.upload(body).location.rpartition("/")[2]
    visitor.post(f"/photos/{photo_id}/hide", with_token(visitor))
    assert stranger.upload_json(body).json["photos"][0]["duplicate_of"] is None
    assert photo_id not in stranger.get(stranger.upload(body).location).text


def test_a_deleted_photo_is_not_there_for_others(visitor: Visitor, stranger: Visitor) -> None:
    """A stranger can't tell it from one that never was; its owner is offered the undo."""
    photo_id = visitor.add(title="Gone for good")
    visitor.post(f"/photos/{photo_id}/delete", with_token(visitor))
    never = stranger.get("/photos/01ARZ3NDEKTSV4RRFFQ69G5FAV")
    gone = stranger.get(f"/photos/{photo_id}")
    assert (gone.status_code, never.status_code) == (404, 404)
    assert "Gone for good" not in gone.text
    assert "Gone for good" in visitor.get(f"/photos/{photo_id}").text


def test_many_at_once_are_held_to_the_same(
    visitor: Visitor, stranger: Visitor, service: PhotoService
) -> None:
    """A list of ids with somebody else's in it changes none of theirs."""
    theirs, mine = visitor.add(), stranger.add()
    for path, fields in (
        ("/uploads/tags", {"add": "forged"}),
        ("/uploads/delete", {"sure": "yes"}),
        ("/uploads/restore", {}),
    ):
        stranger.post(path, with_token(stranger) | fields | {"photo": [theirs, mine]})
        photo = service.get_any_state(theirs)
        assert (photo.version, photo.state, photo.tags) == (1, PhotoState.PUBLIC, ())


def test_a_contributor_is_no_admin(stranger: Visitor) -> None:
    """The admin's pages are shown to nobody else."""
    for path in ("/admin", "/admin/hidden", "/admin/deleted"):
        answer = stranger.get(path)
        assert answer.status_code in {303, 403, 404}
        assert "Storage" not in answer.text


@pytest.mark.parametrize(
    "photo_id",
    [
        "01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "0",
        "../../etc/passwd",
        "%00",
        "#tags",
        "01arz3ndektsv4rrffq69g5fav",
    ],
)
@pytest.mark.parametrize("verb", ["", "/edit", "/hide", "/delete", "/restore"])
def test_ids_of_no_photo_find_nothing(stranger: Visitor, photo_id: str, verb: str) -> None:
    """Made-up ids are a 404, whatever is asked of them, and reach no other entry of the tables."""
    path = f"/photos/{photo_id.replace('#', '%23')}{verb}"
    assert stranger.get(path).status_code in {404, 405}
    assert stranger.post(path, with_token(stranger)).status_code in {404, 405}
