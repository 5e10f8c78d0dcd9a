"""Backups, checks and repairs of photos that are pending, unlisted or private."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain import object_keys
from app.domain.albums.album_text import AlbumText
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, Role
from app.maintenance import IntegrityCheck, RebuildOutcome, Repair, export, rebuild_photos
from app.maintenance.rebuild import import_export
from app.services.photo_objects import PhotoObjects
from app.storage.local.folder import LocalObjectStore
from tests.backends import Backend, local_backend
from tests.maintenance.conftest import (
    OWNER,
    contents,
    plain_services,
    publish,
    upload,
)

ROLES = ("hidden_by", "trashed_by")


@pytest.fixture
def photos(backend: Backend) -> dict[str, Photo]:
    """Photos of an album by the state that is meant, each with a file of its own."""
    services = plain_services(backend)
    album = services.albums.create(OWNER, AlbumText("Party", ""))
    membership = services.albums.new_membership(album)
    added = {
        name: publish(backend, replace(upload(tags="sea"), albums=(membership,), **options))
        for name, options in {
            "pending": {"awaiting_review": True},
            "pending and unlisted": {"awaiting_review": True, "unlisted": True},
            "unlisted": {"unlisted": True},
            "private": {"unlisted": True},
            "hidden": {"awaiting_review": True, "unlisted": True, "is_draft": True},
            "refused": {"awaiting_review": True},
        }.items()
    }
    added["private"] = services.albums.remove(album.album_id, added["private"].photo_id)
    added["refused"] = services.reviews.refuse(added["refused"].photo_id, Role.REVIEWER)
    return added


def findings(backend: Backend) -> list[str]:
    check = IntegrityCheck(backend, upload_grace=timedelta(0), sidecars=True)
    return [f"{finding.kind}: {finding.detail}" for finding in check]


def test_a_rebuild_brings_them_back(
    backend: Backend, photos: dict[str, Photo], lose_catalog: Callable[[], None]
) -> None:
    """Each photo has its state, and its listings and counters with it."""
    before = contents(backend)
    lose_catalog()
    outcomes = {result.outcome for result in rebuild_photos(backend)}
    assert outcomes == {RebuildOutcome.ADDED}
    assert contents(backend) == before
    for photo in photos.values():
        assert backend.catalog.get(photo.photo_id) == photo


@pytest.fixture
def site(tmp_path: Path) -> Backend:
    """An empty site to import into."""
    return local_backend(tmp_path / "imported")


def test_an_export_brings_them_to_another_site(
    backend: Backend, photos: dict[str, Photo], site: Backend, tmp_path: Path
) -> None:
    """No photo is public there that was not public here."""
    folder = LocalObjectStore(tmp_path / "export")
    assert not any(result.missing for result in export(backend, folder))
    for album in backend.albums.all():
        site.albums.create(album)
    results = list(import_export(plain_services(site), folder))
    assert {result.outcome for result in results} == {RebuildOutcome.ADDED}, results
    for photo in photos.values():
        imported = site.catalog.get(photo.photo_id)
        for name in ("state", "awaiting_review", "unlisted", "closed", *ROLES, "albums"):
            assert getattr(imported, name) == getattr(photo, name), name
    public = {object_keys.photo_id_of(each.key) for each in site.objects.list("photos/")}
    assert public == {photos["unlisted"].photo_id}


def test_an_export_follows_an_approval(
    backend: Backend, photos: dict[str, Photo], tmp_path: Path
) -> None:
    """A second export has the objects where the photo is now, and nowhere else."""
    folder = LocalObjectStore(tmp_path / "export")
    list(export(backend, folder))
    approved = plain_services(backend).reviews.approve(photos["pending"].photo_id)
    list(export(backend, folder))
    keys = [each.key for each in folder.list("") if approved.photo_id in each.key]
    assert sorted(keys) == sorted([*approved.stored_keys, approved.sidecar_key])


@pytest.mark.parametrize("fields", [{}, {"awaiting_review": True}, {"unlisted": True}])
@pytest.mark.parametrize("state", PhotoState)
def test_an_imported_photo_has_the_fields_of_its_state(
    backend: Backend, site: Backend, state: PhotoState, fields: dict[str, bool]
) -> None:
    """A record that contradicts itself is imported as one that does not.

    An unlisted photo in no album of this site is private.
    """
    photo = publish(backend, upload(tags="sea"))
    changed = replace(photo, state=state, **fields)
    original = backend.objects.get(photo.stored_keys[-1])
    backend.objects.put(changed.stored_keys[-1], original)
    backend.objects.delete([photo.sidecar_key])
    PhotoObjects(backend.objects, 1).put_sidecar(changed)
    list(import_export(plain_services(site), backend.objects))
    imported = site.catalog.get(photo.photo_id)
    expected = PhotoState.PRIVATE if state is PhotoState.UNLISTED else state
    assert imported.state is expected
    if state is not PhotoState.TRASHED:
        services = plain_services(site)
        services.photos.delete(photo.photo_id)
        assert services.photos.restore(photo.photo_id).state is expected


def test_objects_of_an_interrupted_approval_leave_the_public_prefix(
    backend: Backend, photos: dict[str, Photo]
) -> None:
    """`check` reports the copies, and `repair` deletes them."""
    photo = photos["pending"]
    for key in photo.object_keys:
        backend.objects.copy(object_keys.moved(key, photo.state.prefix), key)
    assert any("incomplete move" in finding for finding in findings(backend))
    for action in Repair(IntegrityCheck(backend, upload_grace=timedelta(0))):
        assert action.run() == ""
    assert findings(backend) == []
    assert not any(map(backend.objects.exists, photo.object_keys))
    assert all(map(backend.objects.exists, photo.stored_keys))
