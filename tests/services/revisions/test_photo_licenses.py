"""The license of one of many photos changes, also while other requests change the photo.

Covers app.services.revisions.credit_files.
"""

from collections.abc import Callable

import pytest

from app.config import Config
from app.domain import object_keys
from app.domain.errors import (
    EditConflict,
    InternalError,
    InvalidText,
    PhotoNotFound,
    UnreadableImage,
)
from app.domain.image.credit_choice import CreditChoice
from app.domain.image.credited_file import CreditedFile
from app.domain.messages import message
from app.domain.photo import Photo
from app.domain.photo_summary import Role
from app.domain.upload import PhotoText
from app.services.factory import Services
from tests.backends import Backend
from tests.conftest import services_of
from tests.sample_images import jpeg
from tests.services.sample_uploads import upload
from tests.services.test_photo_rotation import assert_settled

BY = CreditChoice(license="cc-by")
ANNA_BY = CreditChoice(credit="Anna", license="cc-by")


@pytest.fixture
def services(backend: Backend, config: Config) -> Services:
    return services_of(backend, config)


@pytest.fixture
def photo(services: Services) -> Photo:
    return services.uploads.publish(upload(jpeg(700, 400))).photo


def test_a_license_alone_keeps_the_credit(
    services: Services, backend: Backend, photo: Photo
) -> None:
    """A credit that is given replaces it."""
    services.licenses.change(photo, CreditChoice(credit="Anna"))
    licensed = services.licenses.change(services.photos.get(photo.photo_id), BY)
    assert licensed.rights == f"© {photo.uploaded_at.year} Anna · CC BY 4.0"
    assert licensed.credit_in_files
    other = services.licenses.change(licensed, CreditChoice(credit="Ben", license="cc0"))
    assert other.rights == "Ben · CC0 1.0"
    assert_settled(backend, other)


def test_the_license_that_a_photo_has_is_not_written_again(
    services: Services, photo: Photo
) -> None:
    licensed = services.licenses.change(photo, ANNA_BY)
    assert services.licenses.change(licensed, ANNA_BY) is licensed
    assert services.licenses.change(licensed, CreditChoice()) is licensed


def test_an_invalid_choice_changes_nothing(
    services: Services, backend: Backend, photo: Photo
) -> None:
    with pytest.raises(InvalidText):
        services.licenses.change(photo, CreditChoice(license="beer"))
    assert_settled(backend, photo)


def test_a_photo_in_the_trash_gets_no_license(services: Services, photo: Photo) -> None:
    with pytest.raises(PhotoNotFound):
        services.licenses.change(services.photos.delete(photo.photo_id), BY)


def test_a_hidden_photo_stays_hidden(services: Services, backend: Backend, photo: Photo) -> None:
    hidden = services.photos.hide(photo.photo_id, Role.CONTRIBUTOR)
    licensed = services.licenses.change(hidden, ANNA_BY)
    assert licensed.state is hidden.state
    assert_settled(backend, licensed)


def test_another_change_at_the_same_time_is_kept(
    services: Services, backend: Backend, photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The photo is read again after the conflict."""
    change_while_writing(services, monkeypatch, lambda: retitle(services, photo, 1), times=1)
    licensed = services.licenses.change(photo, ANNA_BY)
    assert licensed.title == "Edit 1"
    assert licensed.credit_in_files
    assert_settled(backend, licensed)


def test_a_rotation_at_the_same_time_is_kept(
    services: Services, backend: Backend, photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rotate() -> None:
        services.rotation.rotate(services.photos.get(photo.photo_id), 1, 0)

    change_while_writing(services, monkeypatch, rotate, times=1)
    licensed = services.licenses.change(photo, ANNA_BY)
    assert (licensed.width, licensed.height, licensed.revision) == (400, 700, 2)
    assert_settled(backend, licensed)


def test_changes_at_every_attempt_are_a_conflict(
    services: Services, backend: Backend, photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files and the record stay as they are."""
    edits = iter(range(1, 9))
    change_while_writing(
        services, monkeypatch, lambda: retitle(services, photo, next(edits)), times=8
    )
    with pytest.raises(EditConflict):
        services.licenses.change(photo, ANNA_BY)
    current = services.photos.get(photo.photo_id)
    assert (current.credit, current.revision) == (None, 0)
    assert_settled(backend, current)


def test_a_stored_file_that_cannot_be_read_is_an_error_of_the_site(
    services: Services, backend: Backend, photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_file: object, **_credit: object) -> CreditedFile:
        raise UnreadableImage(message("This file is empty. Choose the photo again."))

    monkeypatch.setattr(services.licenses._credit_files, "_write_credit", refuse)
    with pytest.raises(InternalError):
        services.licenses.change(photo, ANNA_BY)
    assert_settled(backend, photo)


def test_a_lost_rendition_does_not_stop_a_change(
    services: Services, backend: Backend, photo: Photo
) -> None:
    """It stays lost, and `check` reports it."""
    *renditions, original = photo.stored_keys
    backend.objects.delete(renditions)
    licensed = services.licenses.change(photo, ANNA_BY)
    assert licensed.credit_in_files
    folder = object_keys.folder(photo.photo_id, object_keys.PUBLIC_PREFIX)
    stored = list(backend.objects.list(folder))
    assert [each.key for each in stored] == [licensed.stored_keys[-1]]
    assert original not in licensed.stored_keys


def retitle(services: Services, photo: Photo, number: int) -> None:
    version = services.photos.get(photo.photo_id).version
    services.photos.update(photo.photo_id, version, PhotoText(title=f"Edit {number}"))


def change_while_writing(
    services: Services, monkeypatch: pytest.MonkeyPatch, change: Callable[[], None], *, times: int
) -> None:
    """Make another change when the credit is written into the original, some times."""
    files = services.licenses._credit_files
    write: Callable[..., CreditedFile] = files._write_credit
    attempts = iter(range(times))

    def change_and_write(*file: object, **credit: object) -> CreditedFile:
        if next(attempts, None) is not None:
            change()
        return write(*file, **credit)

    monkeypatch.setattr(files, "_write_credit", change_and_write)
