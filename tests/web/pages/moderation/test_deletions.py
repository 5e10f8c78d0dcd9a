"""The admin deletes for everyone, and photos in the trash can be deleted at once.

Covers app.domain.moderation, app.web.auth.purge_token.
"""

from dataclasses import replace

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain import object_keys
from app.domain.errors import PhotoNotFound
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, Role
from app.services.factory import Services
from app.services.photo_service import PhotoService
from tests.backends import Backend
from tests.sample_images import jpeg
from tests.visitor import JSON, Visitor

BY_ADMIN = "The site’s manager has deleted this photo."


def restore(visitor: Visitor, photo: Photo) -> int:
    fields = {"csrf_token": visitor.fields("/upload")["csrf_token"]}
    return visitor.post(f"/photos/{photo.photo_id}/restore", fields).status_code


def test_the_uploader_cannot_restore_a_photo_that_the_admin_deleted(
    visitor: Visitor, service: PhotoService, photo: Photo
) -> None:
    """The page says so, and offers no button; the bulk form reports it."""
    service.delete(photo.photo_id, Role.ADMIN)
    page = visitor.get(f"/photos/{photo.photo_id}").text
    assert BY_ADMIN in page
    assert "/restore" not in page
    assert restore(visitor, photo) == 403
    assert "Deleted by the site’s manager" in visitor.get("/uploads/deleted").text
    fields = {"csrf_token": visitor.fields("/upload")["csrf_token"], "photo": photo.photo_id}
    answer = visitor.post("/photos/select/restore?in=deleted", fields)
    assert answer.status_code == 403
    assert BY_ADMIN in answer.text
    assert service.get_any_state(photo.photo_id).state is PhotoState.TRASHED


def test_the_uploader_restores_an_own_deletion(
    visitor: Visitor, service: PhotoService, photo: Photo
) -> None:
    """A restored photo has no trace of the deletion."""
    assert visitor.submit(f"/photos/{photo.photo_id}/delete").status_code == 303
    assert service.get_any_state(photo.photo_id).trashed_by is Role.CONTRIBUTOR
    assert restore(visitor, photo) == 303
    assert service.get(photo.photo_id).trashed_by is None


def test_the_owner_deletes_permanently_after_a_confirmation(
    visitor: Visitor, service: PhotoService, backend: Backend, photo: Photo
) -> None:
    """Nothing is left of the photo: no record, no listing, no object."""
    service.delete(photo.photo_id)
    page = visitor.get(f"/photos/{photo.photo_id}").text
    assert f"/photos/{photo.photo_id}/purge" in page
    assert "permanently?" in visitor.get(f"/photos/{photo.photo_id}/purge").text
    answer = visitor.submit(f"/photos/{photo.photo_id}/purge")
    assert answer.status_code == 303
    assert "is deleted permanently" in visitor.get(answer.location).text
    assert visitor.get(f"/photos/{photo.photo_id}").status_code == 404
    assert list(backend.catalog.photos()) == []
    for prefix in (object_keys.PUBLIC_PREFIX, object_keys.TRASH_PREFIX, object_keys.RECORD_PREFIX):
        assert list(backend.objects.list(prefix)) == []
    assert visitor.upload(jpeg(160, 120)).status_code == 303  # the file can be sent again


def test_only_photos_in_the_trash_can_be_deleted_permanently(
    visitor: Visitor, service: PhotoService, photo: Photo
) -> None:
    """A form that was open while the photo was restored leads to the photo."""
    service.delete(photo.photo_id)
    fields = visitor.fields(f"/photos/{photo.photo_id}/purge")
    restored = service.restore(photo.photo_id)
    for answer in (
        visitor.get(f"/photos/{photo.photo_id}/purge"),
        visitor.post(f"/photos/{photo.photo_id}/purge", fields),
    ):
        assert (answer.status_code, answer.location) == (303, f"/photos/{photo.photo_id}")
    assert service.get(photo.photo_id) == restored


def test_a_double_click_deletes_permanently_once(
    visitor: Visitor, app: Flask, service: PhotoService, photo: Photo
) -> None:
    """The second form leads to the same page with the same message."""
    service.delete(photo.photo_id)
    path = f"/photos/{photo.photo_id}/purge"
    fields = visitor.fields(path)
    answers = [visitor.post(f"{path}?back=/uploads/deleted", fields) for _ in range(2)]
    assert [(answer.status_code, answer.location) for answer in answers] == [
        (303, "/uploads/deleted")
    ] * 2
    assert visitor.get("/uploads/deleted").text.count("“Pier” is deleted permanently.") == 2


def test_a_permanently_deleted_photo_is_not_found_without_its_form(
    visitor: Visitor, app: Flask, service: PhotoService, photo: Photo
) -> None:
    """No token, and no token of another photo, shows that the photo existed."""
    other = service.get(visitor.add())
    for deleted in (photo, other):
        service.delete(deleted.photo_id)
    token_of_other = visitor.fields(f"/photos/{other.photo_id}/purge")["token"]
    visitor.submit(f"/photos/{photo.photo_id}/purge")
    for token in ("", "forged", token_of_other):
        answer = visitor.post(f"/photos/{photo.photo_id}/purge", {"token": token}, JSON)
        assert answer.status_code == 404


def test_strangers_cannot_delete_permanently(
    app: Flask, service: PhotoService, photo: Photo
) -> None:
    """They do not even learn that the photo exists."""
    service.delete(photo.photo_id)
    stranger = Visitor(app)
    assert stranger.get(f"/photos/{photo.photo_id}/purge").status_code == 404
    assert stranger.post(f"/photos/{photo.photo_id}/purge", {}, JSON).status_code == 404
    assert service.get_any_state(photo.photo_id).state is PhotoState.TRASHED


def test_the_uploader_does_not_delete_permanently_what_the_admin_deleted(
    visitor: Visitor, service: PhotoService, photo: Photo
) -> None:
    """The page offers no button, and the form is refused with the reason."""
    path = f"/photos/{photo.photo_id}"
    service.delete(photo.photo_id)
    fields = visitor.fields(f"{path}/purge")
    trashed = service.delete(photo.photo_id, Role.ADMIN)
    page = visitor.get(path).text
    assert BY_ADMIN in page
    assert "/purge" not in page
    for answer in (visitor.get(f"{path}/purge"), visitor.post(f"{path}/purge", fields)):
        assert answer.status_code == 403
        assert "Only they can restore it or delete it permanently." in answer.text
    assert service.get_any_state(photo.photo_id) == trashed


def test_the_admin_deletes_permanently(
    config: Config, services: Services, service: PhotoService, photo: Photo
) -> None:
    """Also a photo that the admin deleted."""
    admin = Visitor(create_app(replace(config, admin_password="change it all"), services))
    admin.submit("/login", password="change it all")
    service.delete(photo.photo_id, Role.ADMIN)
    path = f"/photos/{photo.photo_id}"
    assert f"{path}/purge" in admin.get(path).text
    assert admin.submit(f"{path}/purge").status_code == 303
    with pytest.raises(PhotoNotFound):
        service.get_any_state(photo.photo_id)


@pytest.mark.parametrize("path", ["/photos/{}/delete", "/photos/select/delete?in=uploads"])
def test_undo_is_offered_to_those_who_may_restore(
    visitor: Visitor, service: PhotoService, photo: Photo, path: str
) -> None:
    """Deleting again what the admin deleted, from a page that was open before, offers none."""
    fields = {"csrf_token": visitor.fields("/upload")["csrf_token"], "confirm": "yes"}
    selection = fields | {"photo": photo.photo_id}
    for role, offered in ((Role.CONTRIBUTOR, True), (Role.ADMIN, False)):
        service.delete(photo.photo_id, role)
        answer = visitor.post(path.format(photo.photo_id), selection)
        page = visitor.get(answer.location).text
        assert "deleted." in page
        assert (">Undo<" in page) is offered
