"""`check` finds mismatches of albums and their photos, on both backends.

Covers app.maintenance.albums.album_repair, app.maintenance.albums.membership_check,
app.maintenance.albums.snapshot, app.maintenance.albums.sums, app.maintenance.repair_action.
"""

from datetime import timedelta

import pytest

from app.domain import object_keys
from app.domain.albums.album import LISTING, Album, owner_listing
from app.domain.errors import AlbumNotFound
from app.domain.photo_summary import PhotoState, Role
from app.maintenance import IntegrityCheck
from app.services.factory import Services
from tests.backends import TABLE, Backend, aws_backend
from tests.maintenance.albums.conftest import LAKE, MakeAlbum, findings, repair
from tests.maintenance.albums.mismatches import COVER, UNKNOWN, UNLISTED, assert_repaired, mark
from tests.maintenance.conftest import OWNER, lose_record, plain_services


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
