"""A repair brings back objects, sidecars and records that are lost.

Covers app.maintenance.repair, app.maintenance.trash_repair.
"""

from flask import Flask

from app.domain import object_keys
from app.domain.photo_summary import PhotoState
from app.maintenance import IntegrityCheck, Repair
from app.services.photo_service import PhotoService
from tests.backends import Backend
from tests.cli.test_cli import run
from tests.maintenance.conftest import add
from tests.maintenance.repairs.repairing import repair


def test_repair_rewrites_a_stale_sidecar(backend: Backend) -> None:
    """A stale, missing or damaged sidecar is rewritten from the record."""
    edited, missing, torn = (add(backend) for _ in range(3))
    backend.catalog.update(edited, edited.next_version(title="New"))
    backend.objects.delete([object_keys.sidecar(missing.photo_id)])
    backend.objects.put(object_keys.sidecar(torn.photo_id), b"{")
    assert repair(backend) == []
    assert list(IntegrityCheck(backend, sidecars=True)) == []


def test_hide_broken_hides_a_photo_with_a_missing_object(
    app: Flask, backend: Backend, service: PhotoService
) -> None:
    """A photo with a missing object is skipped; --hide-broken hides it."""
    photo = add(backend)
    backend.objects.delete([photo.object_keys[0]])
    done = run(app, "repair", "--apply")
    assert "skipped: the object is lost" in done.output
    assert done.exit_code == 1
    assert service.get(photo.photo_id) == photo
    run(app, "repair", "--apply", "--hide-broken")
    assert service.get(photo.photo_id).state is PhotoState.HIDDEN
    assert service.page(object_keys.PUBLIC_LISTING, 5).summaries == ()
    assert list(backend.objects.list(object_keys.PUBLIC_PREFIX)) == []


def test_repair_copies_missing_objects_from_the_trash(backend: Backend) -> None:
    """A missing object of a listed photo is copied back from the trash."""
    photo = add(backend)
    for key in photo.object_keys:
        backend.objects.copy(key, object_keys.moved(key, object_keys.TRASH_PREFIX))
    backend.objects.delete(photo.object_keys)
    assert repair(backend) == []
    assert list(IntegrityCheck(backend, sidecars=True)) == []


def test_trash_without_its_record_gets_it_back(backend: Backend, service: PhotoService) -> None:
    """A trashed photo without a record gets its record back from the sidecar."""
    trashed = service.delete(add(backend).photo_id)
    backend.catalog.delete(trashed)
    assert repair(backend) == []
    assert service.get_any_state(trashed.photo_id) == trashed


def test_repair_does_not_overwrite_a_changed_photo(backend: Backend, service: PhotoService) -> None:
    """A photo that changed after the check is not overwritten."""
    photo = add(backend)
    trashed = photo.next_version(state=PhotoState.TRASHED, expires_at=2_000_000_000)
    backend.catalog.update(photo, trashed)
    [step] = Repair(IntegrityCheck(backend))
    restored = service.restore(photo.photo_id)
    assert step.run() == "changed in the meantime: run the check again"
    assert service.get(photo.photo_id) == restored
    assert all(backend.objects.exists(key) for key in photo.object_keys)
