"""The capacity units of albums, and the number of items in the transactions of their photos."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.albums.album import Album, AlbumVisibility
from app.domain.albums.memberships import MAX_ALBUMS, Membership
from app.domain.photo_ids import new_album_id
from app.domain.photo_summary import PhotoState
from app.domain.tags import MAX_TAGS
from app.storage.aws.dynamodb_items import MAX_TRANSACTION_ITEMS
from tests.backends import Backend, make_photo
from tests.storage.aws.capacity.samples import usual_photo
from tests.storage.aws_calls import listening
from tests.storage.conftest import publish_all
from tests.storage.partition_meter import metered

PUBLIC = AlbumVisibility.PUBLIC
RECORD = 2  # write units of the record of a photo
ADDED = 2  # of its entry among the photos that were added last to an album
NOW = datetime(2026, 11, 29, 20, tzinfo=UTC)


def album() -> Album:
    return Album(album_id=new_album_id(), title="Lake", owner="0" * 32, created_at=NOW)


def memberships(number: int, cover: AlbumVisibility | None = None) -> tuple[Membership, ...]:
    return tuple(Membership(new_album_id(), NOW, cover=cover) for _ in range(number))


def write_units(cloud: Backend, before: tuple[Membership, ...], **changes: Any) -> int:
    """Return the write units of a change of a usual photo that is in albums."""
    assert cloud.clients
    photo = usual_photo(albums=before)
    cloud.catalog.publish(photo)
    cloud.catalog.publish(usual_photo(title="A peer"))
    with metered(cloud.clients) as meter:
        cloud.catalog.update(photo, photo.next_version(**changes))
    return meter.write_units


@pytest.mark.parametrize(
    ("cover", "units"), [(None, 5), (AlbumVisibility.UNLISTED, 7), (PUBLIC, 9)]
)
def test_a_photo_joins_an_album_for_5_write_units_besides_its_record(
    cloud: Backend, cover: AlbumVisibility | None, units: int
) -> None:
    """Two entries and the count. The cover takes two more, and two for the list of albums."""
    assert write_units(cloud, (), albums=memberships(1, cover)) == RECORD + units


@pytest.mark.parametrize(("cover", "more"), [(None, 2), (PUBLIC, 6)])
def test_an_edit_of_the_title_takes_2_write_units_more_for_each_album(
    cloud: Backend, cover: AlbumVisibility | None, more: int
) -> None:
    """Six if the photo is its cover."""
    title = "Evening at the old peer"
    edited = write_units(cloud, memberships(MAX_ALBUMS, cover), title=title)
    # A record with five memberships is larger than 1 KB.
    others = RECORD + ADDED
    assert edited <= write_units(cloud, (), title=title) + others + MAX_ALBUMS * more


@pytest.mark.exhaustive("capacity of albums", every=2)
def test_the_first_photo_of_an_album_changes_its_record_too(cloud: Backend) -> None:
    """The record and its copies in two lists are two units each, as for every change of it."""
    assert cloud.clients
    lake = album()
    with metered(cloud.clients) as created:
        cloud.albums.create(lake)
    with metered(cloud.clients) as changed:
        cloud.albums.update(lake, lake.next_version(cover=make_photo().photo_id))
    assert created.write_units == changed.write_units == 6
    assert max(changed.writes.values()) == 2


@pytest.mark.exhaustive("capacity of albums", every=2)
def test_a_page_of_an_album_costs_at_most_5_read_units(cloud: Backend) -> None:
    """It is one Query. A page of 24 public albums with their covers costs as much."""
    assert cloud.clients
    lake = album()
    cloud.albums.create(lake)
    joined = (Membership(lake.album_id, NOW),)
    publish_all(cloud, [usual_photo(albums=joined) for _ in range(40)])
    with metered(cloud.clients) as meter:
        page = cloud.albums.page(lake.album_id, 30)
    assert len(page.summaries) == 30
    assert meter.calls == {"Query": 1}
    assert meter.read_units <= 5
    for _ in range(24):
        sea = album()
        cloud.albums.create(sea)
        publish_all(cloud, [usual_photo(albums=(Membership(sea.album_id, NOW, cover=PUBLIC),))])
    with metered(cloud.clients) as meter:
        tiles = cloud.albums.public(24).tiles
    assert len(tiles) == 24
    assert meter.calls == {"Query": 1}
    assert meter.read_units <= 5


@pytest.mark.parametrize("state", [PhotoState.PUBLIC, PhotoState.HIDDEN, PhotoState.TRASHED])
def test_every_change_of_a_photo_in_five_albums_fits_into_a_transaction(
    cloud: Backend, state: PhotoState
) -> None:
    """Also if all tags, all albums and the date become others at once, as in a rebuild.

    The entries of search terms are written after the transaction.
    """
    assert cloud.clients
    sizes: list[int] = []

    def count(params: dict[str, Any], event_name: str, **_: Any) -> None:
        if event_name.endswith("TransactWriteItems"):
            sizes.append(len(json.loads(params["body"])["TransactItems"]))

    words = " ".join(f"word{number}" for number in range(400))
    before = make_photo(
        title=words[:200],
        description=words[200:],
        tags=tuple(f"tag {number}" for number in range(MAX_TAGS)),
        albums=memberships(MAX_ALBUMS, PUBLIC),
        taken_at=datetime(2026, 11, 1),  # noqa: DTZ001  local
        lease_expires_at=1,
    )
    after = replace(
        before,
        title="Another title",
        tags=tuple(f"other {number}" for number in range(MAX_TAGS)),
        albums=memberships(MAX_ALBUMS, PUBLIC),
        taken_at=None,
        state=state,
        expires_at=2_000_000_000 if state is PhotoState.TRASHED else None,
        lease_expires_at=None,
        version=2,
    )
    with listening(cloud.clients, "before-call", count):
        cloud.catalog.publish(before)
        cloud.catalog.update(before, after)
        back = replace(before, version=3)
        cloud.catalog.update(after, back)
    assert len(sizes) == 3
    assert max(sizes) <= 98 < MAX_TRANSACTION_ITEMS
