"""Approved photos appear on a wall that is open, and in the order of their album."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.albums.album import AlbumOrder
from app.domain.photo import Photo
from app.maintenance import IntegrityCheck, rebuild_photos
from app.web.pages.albums import wall
from tests.backends import Backend
from tests.visitor import Visitor
from tests.web.pages.reviews.conftest import Party

PHOTOS = 14
NAMED = 3  # by an answer, if no more are new


@pytest.fixture
def waiting(party: Party, add: Callable[..., Photo]) -> list[str]:
    """Return the ids of photos that have waited for an hour, newest first."""
    album = party.services.albums.get(party.album_id)
    earlier = datetime.now(UTC) - timedelta(hours=1)
    membership = party.services.albums.new_membership(album, by_guest=True)
    added = (replace(membership, added_at=earlier),)
    photos = [add(awaiting_review=True, unlisted=True, albums=added) for _ in range(PHOTOS)]
    return [photo.photo_id for photo in reversed(photos)]


class Wall:
    """Asks for new photos as the script of the wall does."""

    def __init__(self, visitor: Visitor, album_id: str) -> None:
        self._visitor = visitor
        self._path = f"/albums/{album_id}/wall/new"

    def named(self) -> list[str]:
        answer = self._visitor.get(self._path).json
        self._path = answer["next"]
        return [photo["photo_id"] for photo in answer["photos"]]


def approve(party: Party, photo_ids: list[str]) -> None:
    fields = party.csrf(party.host) | {"photo": photo_ids}
    path = f"/albums/{party.album_id}/review/approve"
    assert party.host.post(path, fields).status_code == 303


@pytest.mark.parametrize("step", [1, 5, PHOTOS])
def test_a_wall_gets_every_photo_that_is_approved_while_it_is_open(
    party: Party,
    waiting: list[str],
    add: Callable[..., Photo],
    backend: Backend,
    monkeypatch: pytest.MonkeyPatch,
    step: int,
) -> None:
    """In the order of the page of the review, newest first, a few at a time or all at once."""
    monkeypatch.setattr(wall, "NEW_PHOTOS", NAMED)
    shown = [add(unlisted=True).photo_id for _ in range(NAMED)]  # without review
    viewer = Wall(party.stranger, party.album_id)
    known = set(viewer.named())
    assert known == set(shown)
    for start in range(0, PHOTOS, step):
        approved = waiting[start : start + step]
        approve(party, approved)
        assert known.isdisjoint(approved)
        known.update(viewer.named())
        assert known.issuperset(approved)
    assert list(IntegrityCheck(backend, sidecars=True)) == []


def test_a_wall_that_was_offline_gets_every_photo(
    party: Party, waiting: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It asks the address of the last answer, also when that is some minutes old."""
    monkeypatch.setattr(wall, "NEW_PHOTOS", NAMED)
    monkeypatch.setattr(wall, "LATENESS", timedelta(minutes=5))
    viewer = Wall(party.stranger, party.album_id)
    assert viewer.named() == []
    monkeypatch.setattr(wall, "LATENESS", timedelta(minutes=-5))
    approve(party, waiting)
    assert set(viewer.named()) == set(waiting)


def test_the_place_in_the_album_is_that_of_the_time_it_was_added(
    party: Party, waiting: list[str]
) -> None:
    """An album in the order of addition has the photos of guests in their order of addition."""
    album = party.services.albums.get(party.album_id)
    fields = party.host.fields(f"/albums/{party.album_id}/edit")
    order = {"order": AlbumOrder.ADDED.value}
    party.host.post(f"/albums/{party.album_id}/edit", fields | {"title": album.title} | order)
    approve(party, waiting[:5])
    approve(party, waiting[5:])
    page = party.services.albums.page(party.album_id, PHOTOS)
    assert [summary.photo_id for summary in page.summaries] == waiting[::-1]


def test_a_rebuild_writes_the_same_listing(
    party: Party, waiting: list[str], backend: Backend
) -> None:
    """The time of the approval is in the sidecars, from which the catalog is rebuilt."""
    approve(party, waiting)
    before = Wall(party.stranger, party.album_id).named()
    for photo_id in waiting:
        backend.catalog.delete(party.services.photos.get(photo_id))
    assert Wall(party.stranger, party.album_id).named() == []
    list(rebuild_photos(backend))
    assert Wall(party.stranger, party.album_id).named() == before
