"""A repair deletes, moves or keeps objects without a record.

Covers app.maintenance.repair, app.maintenance.trash_repair.
"""

from collections.abc import Callable
from unittest.mock import ANY

from flask import Flask

from app.domain import object_keys
from app.domain.photo_summary import PhotoState, Role
from app.domain.tags import TagCount
from app.maintenance import IntegrityCheck
from app.services.photo_service import PhotoService
from tests.backends import Backend, make_photo
from tests.cli.test_cli import run
from tests.maintenance.conftest import add, contents
from tests.maintenance.repairs.repairing import repair


def test_public_objects_that_the_record_does_not_name_are_deleted(
    backend: Backend, service: PhotoService
) -> None:
    """A version without AVIF drops their widths, so hiding leaves them public."""
    photo = add(backend)
    key = object_keys.rendition(photo.photo_id, 111, "image/avif")
    backend.objects.put(key, b"an image of a hidden photo")
    service.hide(photo.photo_id, Role.CONTRIBUTOR)
    assert [finding.kind for finding in IntegrityCheck(backend)].count("orphaned object") == 1
    assert repair(backend) == []
    assert not backend.objects.exists(key)
    assert list(IntegrityCheck(backend)) == []


def test_an_orphan_that_is_whole_goes_to_the_trash(backend: Backend, service: PhotoService) -> None:
    """With all_orphans, a complete photo without a record moves there and can be restored."""
    photo, other = add(backend, tags="sea"), add(backend)
    backend.catalog.sync_listings(photo.photo_id, make_photo(photo_id=photo.photo_id), [])
    bodies = {key: backend.objects.get(key) for key in photo.object_keys}
    trashed = photo.next_version(state=PhotoState.TRASHED, expires_at=1)
    backend.catalog.update(photo, trashed)
    backend.catalog.delete(trashed)
    assert repair(backend) == ["skipped"]
    assert {key: backend.objects.get(key) for key in photo.object_keys} == bodies
    assert repair(backend, all_orphans=True) == []
    public = {stored.key for stored in backend.objects.list("photos/")}
    assert public == set(other.object_keys)
    assert service.get_any_state(photo.photo_id).state is PhotoState.TRASHED
    restored = service.restore(photo.photo_id)
    assert (restored.title, restored.tags) == (photo.title, photo.tags)
    assert {key: backend.objects.get(key) for key in photo.object_keys} == bodies
    assert backend.catalog.tags("", 9).tags == (TagCount("sea", 1),)


def test_an_orphan_that_is_not_whole(backend: Backend) -> None:
    """Orphans without a sidecar are deleted; others are skipped, or moved with all_orphans."""
    kept = [add(backend) for _ in range(3)]
    bare, part, torn = (add(backend) for _ in range(3))
    for photo in (bare, part, torn):
        backend.catalog.update(
            photo, trashed := photo.next_version(state=PhotoState.TRASHED, expires_at=1)
        )
        backend.catalog.delete(trashed)
    backend.objects.delete([object_keys.sidecar(bare.photo_id), part.object_keys[0]])
    backend.objects.put(object_keys.sidecar(torn.photo_id), b"{")
    assert repair(backend) == ["skipped", "skipped"]
    assert not any(map(backend.objects.exists, bare.object_keys))
    assert repair(backend, all_orphans=True) == ["skipped"]
    of_kept = {key for photo in kept for key in (*photo.object_keys, photo.sidecar_key)}
    assert {stored.key for stored in backend.objects.list("")} - of_kept == {
        *(object_keys.moved(key, object_keys.TRASH_PREFIX) for key in part.object_keys[1:]),
        object_keys.sidecar(part.photo_id, object_keys.TRASH_PREFIX),
        *torn.object_keys,
        object_keys.sidecar(torn.photo_id),
    }


def test_a_deletion_without_a_record_goes_on(backend: Backend, service: PhotoService) -> None:
    """The sidecar in the trash says that the photo was deleted: it is no lost record."""
    photo, other = add(backend), add(backend)
    bodies = {key: backend.objects.get(key) for key in (*photo.object_keys, photo.sidecar_key)}
    backend.catalog.delete(service.delete(photo.photo_id))
    for key, body in bodies.items():
        backend.objects.put(key, body)
    assert repair(backend) == []
    assert service.get_any_state(photo.photo_id).state is PhotoState.TRASHED
    public = {stored.key for stored in backend.objects.list(object_keys.PUBLIC_PREFIX)}
    assert public == set(other.object_keys)


def test_a_lost_table_is_no_reason_to_remove_photos(
    app: Flask, backend: Backend, lose_catalog: Callable[[], None]
) -> None:
    """If most photos have no record, repair deletes nothing and advises a rebuild."""
    for _ in range(21):
        add(backend)
    lose_catalog()
    before = contents(backend)
    assert repair(backend) == [ANY] * 21
    done = run(app, "repair", "--apply", "--stopped")
    assert "rebuild --apply" in done.output
    assert done.exit_code == 1
    assert contents(backend) == before


def test_repair_keeps_objects_of_no_photo(backend: Backend) -> None:
    """An object that belongs to no photo is reported and kept."""
    backend.objects.put("photos/notes.json", b"mine")
    assert repair(backend) == ["skipped"]
    assert backend.objects.exists("photos/notes.json")
