"""`check` finds mismatches of albums, and `repair` corrects them, on both backends.

Covers app.maintenance.albums.album_check, app.maintenance.albums.album_repair,
app.maintenance.albums.membership_check, app.maintenance.albums.sidecars,
app.maintenance.albums.snapshot, app.maintenance.albums.sums, app.maintenance.repair_action.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain import object_keys
from app.domain.albums.album import LISTING, Album, AlbumVisibility, owner_listing
from app.domain.errors import AlbumNotFound
from app.domain.photo_summary import PhotoState, Role
from app.maintenance import IntegrityCheck
from app.services.factory import Services
from app.services.photo_objects import PhotoObjects
from tests.backends import TABLE, Backend, aws_backend
from tests.maintenance.albums.conftest import LAKE, MakeAlbum, findings, repair
from tests.maintenance.conftest import OWNER, lose_record, plain_services

UNLISTED = AlbumVisibility.UNLISTED
STALE, MISSING = "stale sidecar", "missing record"
COVER, UNKNOWN = "album cover mismatch", "unknown album"


def kinds(backend: Backend) -> set[str]:
    return {kind for kind, _ in findings(backend)}


def assert_repaired(backend: Backend, *expected: str) -> None:
    """The check finds these kinds; one repair corrects all of them."""
    assert kinds(backend) == set(expected)
    assert repair(backend) == []
    assert findings(backend) == []


def expire(backend: Backend, services: Services, photo_id: str) -> None:
    """Delete a photo as AWS empties the trash by itself: the album is not changed."""
    services.photos.delete(photo_id)
    photo = backend.catalog.get(photo_id)
    backend.objects.delete((*photo.stored_keys, photo.sidecar_key))
    backend.catalog.delete(photo)


def mark(backend: Backend, photo_id: str, cover: AlbumVisibility | None) -> None:
    """Write into the record of a photo whether it is the cover of its album."""
    photo = backend.catalog.get(photo_id)
    (membership,) = photo.albums
    marked = photo.next_version(albums=(replace(membership, cover=cover),))
    backend.catalog.update(photo, marked)
    PhotoObjects(backend.objects, 1).put_sidecar(marked)


def test_albums_that_agree_have_no_findings(
    backend: Backend, services: Services, make_album: MakeAlbum
) -> None:
    """That holds for a hidden or deleted cover too, since it may come back."""
    make_album(0)
    make_album(2)
    album, photo_ids = make_album(2)
    services.albums.update(album, album.version, LAKE, visibility=UNLISTED)
    _, others = make_album(2)
    services.photos.hide(photo_ids[0], Role.CONTRIBUTOR)
    services.photos.delete(others[0])
    assert findings(backend) == []


def test_a_sidecar_is_written_again(backend: Backend, make_album: MakeAlbum) -> None:
    """A missing one is always found; one with another text when every sidecar is read."""
    missing, _ = make_album(1)
    outdated, _ = make_album(1)
    damaged, _ = make_album(0)
    backend.objects.delete([object_keys.album_sidecar(missing.album_id)])
    assert [finding.kind for finding in IntegrityCheck(backend)] == [STALE]
    backend.albums.update(outdated, outdated.next_version(title="Sea"))
    backend.objects.put(object_keys.album_sidecar(damaged.album_id), b"{")
    assert len(findings(backend)) == 3
    assert_repaired(backend, STALE)


def test_a_newer_sidecar_stays(backend: Backend, make_album: MakeAlbum) -> None:
    """The catalog may be an old backup."""
    album, _ = make_album(0)
    key = object_keys.album_sidecar(album.album_id)
    body = backend.objects.get(key).replace(b'"version": 1', b'"version": 7')
    backend.objects.put(key, body)
    assert kinds(backend) == {"newer sidecar"}
    assert repair(backend) == ["skipped"]
    assert backend.objects.get(key) == body


def test_a_lost_album_comes_back_from_its_sidecar(backend: Backend, make_album: MakeAlbum) -> None:
    """Its photos are still in it."""
    album, photo_ids = make_album(2)
    backend.albums.delete(album)
    assert_repaired(backend, MISSING)
    page = backend.albums.page(album.album_id, 9)
    assert page.album == album
    assert {photo.photo_id for photo in page.summaries} == set(photo_ids)


def test_a_damaged_sidecar_without_an_album_stays(backend: Backend, make_album: MakeAlbum) -> None:
    album, photo_ids = make_album(1)
    key = object_keys.album_sidecar(album.album_id)
    backend.albums.delete(album)
    backend.objects.put(key, b"[]")
    assert kinds(backend) == {MISSING}
    assert repair(backend) == ["skipped"]
    assert backend.objects.get(key) == b"[]"
    assert backend.catalog.get(photo_ids[0]).albums


def test_photos_leave_an_album_that_was_deleted(
    backend: Backend, services: Services, make_album: MakeAlbum
) -> None:
    """That holds for public, hidden and deleted photos, which keep their other albums."""
    album, photo_ids = make_album(3)
    other, _ = make_album(0)
    services.albums.add(other.album_id, photo_ids[2])
    services.photos.hide(photo_ids[0], Role.ADMIN)
    services.photos.delete(photo_ids[1])
    services.albums.delete(album)
    assert_repaired(backend, UNKNOWN)
    named = [backend.catalog.get(photo_id).albums for photo_id in photo_ids]
    assert [[it.album_id for it in albums] for albums in named] == [[], [], [other.album_id]]
    assert repair(backend) == []


def test_a_photo_that_became_the_cover_halfway_is_the_cover(
    backend: Backend, make_album: MakeAlbum
) -> None:
    """Only its record says so yet."""
    album, photo_ids = make_album(2)
    backend.albums.update(album, album.next_version(cover=""))
    assert_repaired(backend, COVER, STALE)
    assert backend.albums.get(album.album_id).cover == photo_ids[0]


def test_an_album_has_one_cover(backend: Backend, make_album: MakeAlbum) -> None:
    """The record of the album says which, and of which visibility."""
    album, photo_ids = make_album(3)
    unlisted, others = make_album(1)
    mark(backend, photo_ids[1], album.visibility)
    mark(backend, photo_ids[0], None)
    backend.albums.update(unlisted, unlisted.next_version(visibility=UNLISTED))
    assert_repaired(backend, COVER, STALE)
    covers = [backend.catalog.get(photo_id).albums[0].cover for photo_id in (*photo_ids, *others)]
    assert covers == [AlbumVisibility.PUBLIC, None, None, UNLISTED]
    assert [entry.photo_id for entry in backend.catalog.listings() if entry.listing == LISTING] == [
        photo_ids[0]
    ]


@pytest.mark.parametrize("loss", ["expired", "removed", "hidden by the admin"])
def test_an_album_that_lost_its_cover_gets_another_one(
    backend: Backend, services: Services, make_album: MakeAlbum, loss: str
) -> None:
    """The first photo that visitors see in it."""
    album, photo_ids = make_album(3)
    services.albums.choose_cover(album, photo_ids[0])
    cover = backend.catalog.get(photo_ids[0])
    match loss:
        case "expired":
            expire(backend, services, cover.photo_id)
        case "removed":
            backend.catalog.update(cover, cover.next_version(albums=()))
        case _:
            services.photos.hide(cover.photo_id, Role.ADMIN)
    assert COVER in kinds(backend)
    assert repair(backend) == []
    assert findings(backend) == []
    page = backend.albums.page(album.album_id, 9)
    assert page.cover
    assert page.album.cover == page.cover.photo_id == page.summaries[0].photo_id


def test_an_album_without_photos_loses_its_cover(
    backend: Backend, services: Services, make_album: MakeAlbum
) -> None:
    album, photo_ids = make_album(1)
    expire(backend, services, photo_ids[0])
    assert_repaired(backend, COVER)
    assert backend.albums.get(album.album_id).cover == ""


def test_copies_in_lists_match_the_album() -> None:
    """A missing, an outdated and a superfluous copy, and one of no album."""
    with aws_backend() as backend:
        albums = plain_services(backend).albums
        album, unlisted, lost = (albums.create(OWNER, LAKE) for _ in range(3))
        unlisted = albums.update(unlisted, 1, LAKE, visibility=UNLISTED)
        expected = _damage_copies(backend, album, unlisted, lost)
        assert set(findings(backend)) == expected
        assert_repaired(backend, "listing mismatch", "orphaned listing entry")
        assert [tile.album for tile in albums.public(9).tiles] == [album]
        own = {tile.album.album_id: tile.album for tile in albums.owned(OWNER, 9).tiles}
        assert own == {album.album_id: album, unlisted.album_id: unlisted}


def test_a_guest_code_leads_to_its_album_again() -> None:
    """A copy that is missing comes back, and that of an album that is gone is deleted."""
    with aws_backend() as backend:
        services = plain_services(backend)
        albums = [services.albums.create(OWNER, LAKE) for _ in range(2)]
        album, lost = (services.guest_links.change(each, 1) for each in albums)
        assert backend.clients
        table = f"{TABLE}-listings"
        for listing in (f"guest:{album.guest_code}", f"album:{lost.album_id}"):
            key = {"listing": listing, "position": "!"}
            backend.clients.dynamodb.delete_item(TableName=table, Key=key)
        backend.objects.delete([object_keys.album_sidecar(lost.album_id)])
        assert_repaired(backend, "listing mismatch", "orphaned listing entry")
        assert backend.albums.with_guest_code(album.guest_code) == album
        with pytest.raises(AlbumNotFound):
            backend.albums.with_guest_code(lost.guest_code)


def _damage_copies(
    backend: Backend, album: Album, unlisted: Album, lost: Album
) -> set[tuple[str, str]]:
    """Change the copies of albums in DynamoDB, and return the findings that a check must have."""
    assert backend.clients
    own = owner_listing(OWNER)
    table = f"{TABLE}-listings"
    dynamodb = backend.clients.dynamodb

    def copy(listing: str, of: Album) -> dict[str, str]:
        return {"listing": listing, "position": of.album_id}

    stored = dynamodb.get_item(TableName=table, Key=copy(own, unlisted))["Item"]
    dynamodb.delete_item(TableName=table, Key=copy(LISTING, album))
    wrong = stored["album"] | {"title": "Sea"}  # type: ignore[operator]  # a map
    dynamodb.put_item(TableName=table, Item=stored | {"album": wrong})
    elsewhere = {"listing": owner_listing("1" * 32)}
    dynamodb.put_item(TableName=table, Item=stored | elsewhere)
    dynamodb.delete_item(
        TableName=table, Key={"listing": f"album:{lost.album_id}", "position": "!"}
    )
    backend.objects.delete([object_keys.album_sidecar(lost.album_id)])
    return {
        ("listing mismatch", f"{album.album_id} in albums"),
        ("listing mismatch", f"{unlisted.album_id} in {own}"),
        ("listing mismatch", f"{unlisted.album_id} in {owner_listing('1' * 32)}"),
        ("orphaned listing entry", f"{lost.album_id} in albums"),
        ("orphaned listing entry", f"{lost.album_id} in {own}"),
    }


def test_a_change_in_progress_is_no_finding(
    backend: Backend, services: Services, make_album: MakeAlbum
) -> None:
    """Findings are reported if they are still there after a pause."""
    album, photo_ids = make_album(2)
    mark(backend, photo_ids[1], album.visibility)
    backend.objects.delete([object_keys.album_sidecar(album.album_id)])
    waits: list[float] = []

    def finish(seconds: float) -> None:
        waits.append(seconds)
        services.albums.choose_cover(services.albums.get(album.album_id), photo_ids[1])

    check = IntegrityCheck(
        backend, upload_grace=timedelta(0), recheck_after=9, sidecars=True, sleep=finish
    )
    assert list(check) == []
    assert waits
    mark(backend, photo_ids[0], album.visibility)
    lasting = IntegrityCheck(
        backend, upload_grace=timedelta(0), recheck_after=9, sleep=lambda _: None
    )
    assert [finding.kind for finding in lasting] == [COVER]


def test_other_objects_beside_the_sidecars_are_reported(
    backend: Backend, make_album: MakeAlbum
) -> None:
    """They belong to no album and to no photo."""
    make_album(1)
    for key in ("records/albums/notes.jpg", "records/albums/x.json"):
        backend.objects.put(key, b"x")
    assert kinds(backend) == {"orphaned object"}


def test_a_photo_without_a_record_keeps_its_albums(
    backend: Backend,
    services: Services,
    make_album: MakeAlbum,
) -> None:
    """It comes back from its sidecar into the trash, in its albums."""
    album, photo_ids = make_album(2)
    photo = services.photos.get_any_state(photo_ids[1])
    lose_record(backend, photo)
    assert repair(backend, all_orphans=True) == []
    assert findings(backend) == []
    restored = backend.catalog.get(photo.photo_id)
    assert restored.state is PhotoState.TRASHED
    assert [it.album_id for it in restored.albums] == [album.album_id]
