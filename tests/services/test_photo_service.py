"""Edits, hiding, deletion and restoration change a photo as a whole, or not at all.

Covers app.services.photo_editor, app.services.ports.
"""

import pytest

from app.domain import object_keys
from app.domain.errors import EditConflict, PhotoNotFound, StorageUnavailable
from app.domain.photo_summary import PhotoState, Role
from app.domain.upload import PhotoText
from app.maintenance import IntegrityCheck, find_stale_sidecars
from app.services.factory import Services
from app.services.photo_service import PhotoService
from tests.backends import Backend
from tests.services.sample_uploads import nth_call_fails, upload


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


def test_a_photo_is_read_from_the_catalog_by_a_proper_id_alone(service: PhotoService) -> None:
    """A text that is no photo id is not looked up."""
    for wrong in ("", "#tags", "../x"):
        with pytest.raises(PhotoNotFound):
            service.get(wrong)
