"""Photos of earlier versions get their checksums."""

import zlib

import pytest

from app.domain.errors import ObjectNotFound
from app.domain.photo import Photo
from app.domain.photo_summary import Role
from app.maintenance import IntegrityCheck, Repair
from app.services.downloads.checksums import Checksums, WrongSize
from app.services.photo_objects import PhotoObjects
from app.services.photo_service import PhotoService
from app.services.record_writer import RecordWriter
from tests.backends import Backend
from tests.maintenance.conftest import add, plain_service


@pytest.fixture
def service(backend: Backend) -> PhotoService:
    return plain_service(backend)


@pytest.fixture
def checksums(backend: Backend) -> Checksums:
    records = RecordWriter(backend.catalog, PhotoObjects(backend.objects, 1))
    return Checksums(backend.objects, records)


def without_checksum(backend: Backend, photo: Photo) -> Photo:
    """Return the photo as an earlier version stored it."""
    old = photo.next_version(crc32=None)
    backend.catalog.update(photo, old)
    PhotoObjects(backend.objects, 1).put_sidecar(old)
    return old


def test_an_upload_has_the_checksum_of_its_original(backend: Backend) -> None:
    photo = add(backend)
    assert photo.crc32 == zlib.crc32(backend.objects.get(photo.stored_keys[-1]))


def test_repair_stores_missing_checksums(backend: Backend, service: PhotoService) -> None:
    """Public, hidden and deleted photos get them, and `check` finds nothing afterward."""
    photos = [add(backend) for _ in range(4)]
    hidden = service.hide(photos[1].photo_id, Role.CONTRIBUTOR)
    trashed = service.delete(photos[2].photo_id)
    old = [without_checksum(backend, photo) for photo in (photos[0], hidden, trashed)]
    found = {(finding.kind, finding.detail) for finding in IntegrityCheck(backend, sidecars=True)}
    assert found == {("missing checksum", photo.stored_keys[-1]) for photo in old}
    assert [action.run() for action in Repair(IntegrityCheck(backend))] == ["", "", ""]
    for photo, before in zip(old, photos, strict=False):
        assert service.get_any_state(photo.photo_id).crc32 == before.crc32
    assert list(IntegrityCheck(backend, sidecars=True)) == []


def test_a_missing_or_cut_original_gets_no_checksum(backend: Backend, checksums: Checksums) -> None:
    """`check` reports the object instead, and its record stays as it is."""
    photo = without_checksum(backend, add(backend))
    key = photo.stored_keys[-1]
    backend.objects.put(key, b"cut")
    with pytest.raises(WrongSize):
        checksums.compute(photo)
    backend.objects.delete([key])
    with pytest.raises(ObjectNotFound):
        checksums.compute(photo)
    assert backend.catalog.get(photo.photo_id) == photo
    assert {finding.kind for finding in IntegrityCheck(backend)} == {"missing object"}
