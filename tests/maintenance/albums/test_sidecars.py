"""`check` compares albums with their sidecars, and `repair` writes what is missing."""

from app.domain import object_keys
from app.maintenance import IntegrityCheck
from tests.backends import Backend
from tests.maintenance.albums.conftest import MakeAlbum, findings, repair
from tests.maintenance.albums.mismatches import MISSING, STALE, assert_repaired, kinds


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


def test_other_objects_beside_the_sidecars_are_reported(
    backend: Backend, make_album: MakeAlbum
) -> None:
    """They belong to no album and to no photo."""
    make_album(1)
    for key in ("records/albums/notes.jpg", "records/albums/x.json"):
        backend.objects.put(key, b"x")
    assert kinds(backend) == {"orphaned object"}
