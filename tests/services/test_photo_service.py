"""The promises of the library, broken on purpose.

Covers app.services.factory, app.services.photo_editor, app.services.photo_objects,
app.services.ports.
"""

from collections.abc import Callable
from io import BytesIO

import pytest

from app.domain import object_keys
from app.domain.errors import EditConflict, PhotoNotFound, StorageUnavailable
from app.domain.image.rendition_sizes import rendition_sizes
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, Role
from app.domain.upload import PhotoText, UploadRequest
from app.maintenance import IntegrityCheck, find_stale_sidecars
from app.services.factory import Services
from app.services.photo_service import PhotoService
from tests.backends import Backend
from tests.sample_images import jpeg


def upload(
    body: bytes | None = None, *, upload_id: str = "form", tags: str = "sea"
) -> UploadRequest:
    words = PhotoText(title="Dusk", tags=tags)
    return UploadRequest(
        file=BytesIO(body or jpeg()),
        filename="a.jpg",
        text=words.validated(),
        owner="0" * 32,
        upload_id=upload_id,
    )


def nth_call_fails(
    monkeypatch: pytest.MonkeyPatch, part: object, name: str, n: int, *, after: bool = False
) -> None:
    """Make the nth call of a method fail, before or after it takes effect."""
    real: Callable[..., object] = getattr(part, name)
    calls = 0

    def call(*args: object, **options: object) -> object:
        nonlocal calls
        calls += 1
        answer = real(*args, **options) if calls != n or after else None
        if calls == n:
            raise StorageUnavailable("injected")
        return answer

    monkeypatch.setattr(part, name, call)


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


def test_an_edit_from_an_old_version_changes_nothing(
    backend: Backend, service: PhotoService, services: Services
) -> None:
    """A revision that began from a version no longer current is a conflict."""
    photo_id = services.uploads.publish(upload()).photo.photo_id
    service.update(photo_id, 1, PhotoText(title="First", tags="sky"))
    with pytest.raises(EditConflict):
        service.update(photo_id, 1, PhotoText(title="Second", tags="hill"))
    assert service.get(photo_id).title == "First"
    assert list(IntegrityCheck(backend)) == []


def test_an_edit_from_a_version_that_is_yet_to_come_changes_nothing(
    backend: Backend, service: PhotoService, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A form with a forged version is a conflict, even if the photo reaches that version."""
    photo_id = services.uploads.publish(upload()).photo.photo_id
    read = service.get(photo_id)
    service.hide(photo_id, Role.CONTRIBUTOR)
    with monkeypatch.context() as just_before:
        just_before.setattr(service, "get", lambda _: read)
        with pytest.raises(EditConflict):
            service.update(photo_id, read.version + 1, PhotoText(title="Early"))
    assert service.get(photo_id).state is PhotoState.HIDDEN
    assert list(IntegrityCheck(backend)) == []


def test_hiding_that_fails_hides_nothing(
    service: PhotoService, backend: Backend, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the transaction fails, the photo stays listed, and hiding it again works."""
    photo_id = services.uploads.publish(upload()).photo.photo_id
    with monkeypatch.context() as broken:
        nth_call_fails(broken, backend.catalog, "update", 1)
        with pytest.raises(StorageUnavailable):
            service.hide(photo_id, Role.CONTRIBUTOR)
    assert [
        summary.photo_id for summary in service.page(object_keys.PUBLIC_LISTING, 5).summaries
    ] == [photo_id]
    service.hide(photo_id, Role.CONTRIBUTOR)
    assert service.page(object_keys.PUBLIC_LISTING, 5).summaries == ()
    assert list(IntegrityCheck(backend)) == []


def test_tags_are_added_to_whatever_there_is(
    service: PhotoService, backend: Backend, services: Services
) -> None:
    """Adding and removing tags keeps the others and their order; a tag that is both is added."""
    photo_id = services.uploads.publish(upload(tags="sea, sand, dusk")).photo.photo_id
    assert service.retag(photo_id, ("hill", "sand"), ("sand", "dusk")).tags == (
        "sea",
        "hill",
        "sand",
    )
    assert service.page(object_keys.tag_listing("dusk"), 5).summaries == ()
    assert list(IntegrityCheck(backend)) == []
    assert list(find_stale_sidecars(backend.objects, backend.catalog.photos())) == []


def test_an_edit_leaves_a_hidden_photo_hidden(
    backend: Backend, service: PhotoService, services: Services
) -> None:
    """New words for a hidden photo list it nowhere, and showing it lists it by them."""
    photo_id = services.uploads.publish(upload()).photo.photo_id
    hidden = service.hide(photo_id, Role.CONTRIBUTOR)
    service.update(photo_id, hidden.version, PhotoText(title="Dawn", tags="hill"))
    assert service.page(object_keys.tag_listing("hill"), 5).summaries == ()
    service.unhide(photo_id)
    assert [
        summary.title for summary in service.page(object_keys.tag_listing("hill"), 5).summaries
    ] == ["Dawn"]
    assert list(IntegrityCheck(backend)) == []


@pytest.mark.parametrize("method", ["copy", "put", "delete"])
def test_a_deletion_broken_off_can_be_finished(
    service: PhotoService,
    backend: Backend,
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
) -> None:
    """If deleting stops, the photo is unlisted, and deleting again finishes it."""
    photo = services.uploads.publish(upload()).photo
    with monkeypatch.context() as broken:
        nth_call_fails(broken, backend.objects, method, 1)
        with pytest.raises(StorageUnavailable):
            service.delete(photo.photo_id)
    assert service.page(object_keys.PUBLIC_LISTING, 10).summaries == ()
    assert list(IntegrityCheck(backend)) != []
    service.delete(photo.photo_id)
    assert list(IntegrityCheck(backend)) == []
    assert not any(backend.objects.exists(key) for key in photo.object_keys)


def test_the_trash_is_emptied_after_thirty_days(
    service: PhotoService, services: Services, backend: Backend
) -> None:
    """A photo deleted 30 days ago is deleted permanently, one deleted since is not."""
    old, recent = (
        services.uploads.publish(upload(upload_id=form)).photo.photo_id for form in ("one", "two")
    )
    for photo_id in (old, recent):
        service.delete(photo_id)
    trashed = backend.catalog.get(old)
    backend.catalog.update(trashed, trashed.next_version(expires_at=1_000_000_000))
    assert service.purge() == 1
    with pytest.raises(PhotoNotFound):
        service.restore(old)
    assert not list(backend.objects.list(object_keys.folder(old, object_keys.TRASH_PREFIX)))
    assert service.restore(recent).state is PhotoState.PUBLIC


def test_a_photo_restored_while_the_trash_is_emptied_stays(
    service: PhotoService, services: Services, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A photo that is restored at the last moment keeps all of its objects."""
    photo = services.uploads.publish(upload()).photo
    trashed = service.delete(photo.photo_id)
    expired = trashed.next_version(expires_at=1_000_000_000)
    backend.catalog.update(trashed, expired)
    monkeypatch.setattr(backend.catalog, "expired", lambda _now: [expired])
    service.restore(photo.photo_id)
    assert service.purge() == 0
    assert all(backend.objects.exists(key) for key in photo.object_keys)


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


def test_a_photo_is_read_from_the_catalog_by_a_proper_id_alone(service: PhotoService) -> None:
    """A text that is no photo id is not looked up."""
    for wrong in ("", "#tags", "../x"):
        with pytest.raises(PhotoNotFound):
            service.get(wrong)
