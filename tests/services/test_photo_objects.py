"""A failed upload leaves nothing behind, and a sidecar has the record of its photo.

Covers app.services.factory.
"""

import pytest

from app.domain import object_keys
from app.domain.errors import StorageUnavailable
from app.domain.image.rendition_sizes import rendition_sizes
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, Role
from app.domain.upload import PhotoText
from app.maintenance import IntegrityCheck, find_stale_sidecars
from app.services.factory import Services
from app.services.photo_service import PhotoService
from tests.backends import Backend
from tests.sample_images import jpeg
from tests.services.sample_uploads import nth_call_fails, upload


@pytest.mark.parametrize("n", range(1, 6))
def test_a_failed_put_takes_everything_back(
    services: Services,
    backend: Backend,
    monkeypatch: pytest.MonkeyPatch,
    n: int,
) -> None:
    """If an object can't be stored, nothing is left, and the same form then works."""
    body = jpeg(1400, 1000)
    with monkeypatch.context() as broken:
        nth_call_fails(broken, backend.objects, "put", n)
        with pytest.raises(StorageUnavailable):
            services.uploads.publish(upload(body))
    assert list(backend.objects.list("")) == []
    assert list(backend.catalog.photos()) == []
    services.uploads.publish(upload(body))
    assert list(IntegrityCheck(backend)) == []


def test_the_record_comes_after_the_objects_it_speaks_of(
    backend: Backend, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the record is put, and when the photo is listed, every object is there already."""
    real_put, real_publish = backend.objects.put, backend.catalog.publish
    seen: list[str] = []
    objects = len(rendition_sizes(700, 500)) + 1

    def put(key: str, body: bytes) -> None:
        if key.startswith(object_keys.RECORD_PREFIX):
            assert len(list(backend.objects.list(object_keys.PUBLIC_PREFIX))) == objects
            seen.append("record")
        real_put(key, body)

    def publish(photo: Photo) -> None:
        assert backend.objects.exists(object_keys.sidecar(photo.photo_id))
        seen.append("listing")
        real_publish(photo)

    monkeypatch.setattr(backend.objects, "put", put)
    monkeypatch.setattr(backend.catalog, "publish", publish)
    services.uploads.publish(upload(jpeg(700, 500)))
    assert seen == ["record", "listing"]


def test_a_failed_transaction_takes_everything_back(
    services: Services, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the record cannot be written its objects are taken back."""
    nth_call_fails(monkeypatch, backend.catalog, "publish", 1)
    with pytest.raises(StorageUnavailable):
        services.uploads.publish(upload())
    assert list(backend.objects.list("")) == []


def test_a_lost_answer_loses_no_photo(
    service: PhotoService, backend: Backend, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the transaction took effect but its answer was lost, the photo stays whole."""
    nth_call_fails(monkeypatch, backend.catalog, "publish", 1, after=True)
    photo = services.uploads.publish(upload()).photo
    assert service.get(photo.photo_id) == photo
    assert list(IntegrityCheck(backend)) == []


def test_when_the_catalog_cannot_tell_the_objects_stay(
    services: Services, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If it is unknown whether the photo is listed, its objects stay."""
    with monkeypatch.context() as broken:
        nth_call_fails(broken, backend.catalog, "publish", 1, after=True)
        nth_call_fails(broken, backend.catalog, "get", 1)
        with pytest.raises(StorageUnavailable):
            services.uploads.publish(upload())
    (photo,) = backend.catalog.photos()
    assert all(backend.objects.exists(key) for key in photo.object_keys)


def test_the_record_says_what_the_catalog_says(
    service: PhotoService, services: Services, backend: Backend
) -> None:
    """The sidecar follows publish, edit, hiding, deletion and restoration."""
    photo_id = services.uploads.publish(upload()).photo.photo_id
    for change in (
        lambda: service.update(photo_id, 1, PhotoText(title="New")),
        lambda: service.hide(photo_id, Role.ADMIN),
        lambda: service.unhide(photo_id, Role.ADMIN),
        lambda: service.delete(photo_id),
        lambda: service.restore(photo_id),
    ):
        change()
        assert list(find_stale_sidecars(backend.objects, backend.catalog.photos())) == []


def test_a_stale_record_is_named(
    service: PhotoService, services: Services, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An edit whose sidecar could not be written is kept, and check names the sidecar."""
    photo_id = services.uploads.publish(upload()).photo.photo_id
    with monkeypatch.context() as broken:
        nth_call_fails(broken, backend.objects, "put", 1)
        service.update(photo_id, 1, PhotoText(title="New"))
    assert service.get(photo_id).title == "New"
    assert [
        finding.detail for finding in find_stale_sidecars(backend.objects, backend.catalog.photos())
    ] == [object_keys.sidecar(photo_id)]


def test_check_names_what_is_wrong(services: Services, backend: Backend) -> None:
    """A lost object, an orphan, a listing of no photo and a wrong tag count are each named."""
    lost, unlisted = (
        services.uploads.publish(upload(upload_id=form)).photo for form in ("one", "two")
    )
    backend.objects.delete([lost.object_keys[0]])
    orphan = object_keys.rendition("01ARZ3NDEKTSV4RRFFQ69G5FAV", 320)
    backend.objects.put(orphan, b"x")
    backend.catalog.update(
        unlisted, forgotten := unlisted.next_version(state=PhotoState.TRASHED, expires_at=1)
    )
    backend.catalog.delete(forgotten)
    found = {(finding.kind, finding.detail) for finding in IntegrityCheck(backend)}
    assert ("missing object", lost.object_keys[0]) in found
    assert ("orphaned object", orphan) in found
    assert not [what for kind, what in found if kind in {"listing mismatch", "tag count mismatch"}]
