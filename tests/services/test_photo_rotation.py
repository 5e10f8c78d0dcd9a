"""Rotating a photo replaces its images and leaves nothing of the earlier ones.

Covers app.services.image_processor.
"""

import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from app.config import Config
from app.domain import object_keys
from app.domain.errors import EditConflict, PhotoNotFound
from app.domain.image.image_options import ImageOptions
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, Role
from app.domain.upload import PhotoText
from app.maintenance import IntegrityCheck, RebuildOutcome, export, import_export
from app.services.factory import Services
from app.storage.local.folder import LocalObjectStore
from tests.backends import Backend, local_backend
from tests.conftest import services_of
from tests.sample_images import avif, jpeg
from tests.services.sample_uploads import upload


@pytest.fixture
def services(backend: Backend, config: Config) -> Services:
    return services_of(backend, config)


@pytest.fixture
def photo(services: Services) -> Photo:
    return services.uploads.publish(upload(jpeg(320, 240))).photo


def stored_keys(backend: Backend, photo: Photo) -> set[str]:
    return {
        stored.key
        for prefix in (object_keys.PUBLIC_PREFIX, object_keys.HIDDEN_PREFIX)
        for stored in backend.objects.list(object_keys.folder(photo.photo_id, prefix))
    }


def assert_settled(backend: Backend, photo: Photo) -> None:
    """Exactly the images of the photo are stored, and `check` finds nothing."""
    assert backend.catalog.get(photo.photo_id) == photo
    sidecar = {photo.sidecar_key} - {object_keys.sidecar(photo.photo_id)}
    assert stored_keys(backend, photo) == {*photo.stored_keys, *sidecar}
    assert list(IntegrityCheck(backend, sidecars=True)) == []


def shown(backend: Backend, photo: Photo) -> list[Image.Image]:
    """Return the original and the smallest JPEG as browsers show them."""
    smallest = object_keys.rendition(photo.photo_id, photo.widths[0], revision=photo.revision)
    keys = (photo.stored_keys[-1], object_keys.moved(smallest, photo.state.prefix))
    images = [Image.open(BytesIO(backend.objects.get(key))) for key in keys]
    return [ImageOps.exif_transpose(image) for image in images]


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return the mean difference of the colors of two images, made small."""
    small = [image.convert("L").resize((8, 8)) for image in (one, other)]
    pairs = zip(small[0].tobytes(), small[1].tobytes(), strict=True)
    return sum(abs(a - b) for a, b in pairs) / 64


@pytest.mark.parametrize("state", [PhotoState.PUBLIC, PhotoState.HIDDEN])
def test_a_rotated_photo_has_other_images_alone(
    services: Services, backend: Backend, photo: Photo, state: PhotoState
) -> None:
    """The original and the renditions are turned, in every state in which a photo is edited."""
    if state is PhotoState.HIDDEN:
        photo = services.photos.hide(photo.photo_id, Role.CONTRIBUTOR)
    before = shown(backend, photo)
    rotated = services.rotation.rotate(photo, 1, 0)
    assert (rotated.width, rotated.height, rotated.revision) == (240, 320, 1)
    assert rotated.state is state
    assert rotated.crc32 == zlib.crc32(backend.objects.get(rotated.stored_keys[-1]))
    for image, turned in zip(before, shown(backend, rotated), strict=True):
        assert turned.size[0] < turned.size[1]
        assert difference(image.transpose(Image.Transpose.ROTATE_270), turned) < 3
    assert_settled(backend, rotated)


def test_four_quarter_turns_give_the_same_photo(
    services: Services, backend: Backend, photo: Photo
) -> None:
    """Nothing is lost in between."""
    original = backend.objects.get(photo.stored_keys[-1])
    turned = photo
    for revision in range(4):
        turned = services.rotation.rotate(turned, 1, revision)
    assert backend.objects.get(turned.stored_keys[-1]) == original
    assert (turned.width, turned.widths, turned.bytes) == (photo.width, photo.widths, photo.bytes)
    assert_settled(backend, turned)


def test_a_form_that_is_sent_again_does_not_turn_the_photo_again(
    services: Services, photo: Photo
) -> None:
    """It names the revision that the visitor saw. A form without one changes nothing."""
    rotated = services.rotation.rotate(photo, 1, 0)
    assert services.rotation.rotate(photo, 1, 0) == rotated
    assert services.rotation.rotate(rotated, 1, None) == rotated


def test_a_deleted_photo_is_not_rotated(services: Services, photo: Photo) -> None:
    """It has to be restored first."""
    trashed = services.photos.delete(photo.photo_id)
    with pytest.raises(PhotoNotFound):
        services.rotation.rotate(trashed, 1, 0)


def test_the_rotated_photo_is_hidden_deleted_and_restored(
    services: Services, backend: Backend, photo: Photo
) -> None:
    """All of its objects move, under the names that they have now."""
    services.rotation.rotate(photo, 3, 0)
    services.photos.hide(photo.photo_id, Role.CONTRIBUTOR)
    services.photos.delete(photo.photo_id)
    restored = services.photos.restore(photo.photo_id)
    assert_settled(backend, restored)
    assert_settled(backend, services.photos.unhide(photo.photo_id))


def test_a_photo_that_was_rotated_after_a_restore_leaves_nothing(
    services: Services, backend: Backend, photo: Photo
) -> None:
    """The copies in the trash, which a restore leaves there, go with the rotation."""
    services.photos.delete(photo.photo_id)
    restored = services.photos.restore(photo.photo_id)
    services.rotation.rotate(restored, 1, 0)
    services.photos.delete(photo.photo_id)
    services.photos.purge_photo(photo.photo_id)
    assert list(backend.objects.list("")) == []


def test_an_export_and_an_import_of_a_rotated_photo_leave_no_earlier_images(
    services: Services, backend: Backend, photo: Photo, config: Config, tmp_path: Path
) -> None:
    """Also in a folder and on a site that have the photo as it was before."""
    folder = LocalObjectStore(tmp_path / "export", "/")
    other = local_backend(tmp_path / "other")
    others = services_of(other, config)
    copy(services, folder, others)
    services.rotation.rotate(photo, 1, 0)
    hidden = services.photos.hide(photo.photo_id, Role.CONTRIBUTOR)
    copy(services, folder, others)
    kept = {*hidden.stored_keys, hidden.sidecar_key}
    assert {stored.key for stored in folder.list("")} == kept
    others.photos.finish_moves()
    assert {stored.key for stored in other.objects.list("")} == kept
    assert list(IntegrityCheck(other, sidecars=True)) == []


def test_an_import_keeps_an_original_that_is_not_turned(
    services: Services,
    backend: Backend,
    config: Config,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its record has the rotation. The next one turns the original by both."""
    photo = services.uploads.publish(upload(avif(80, 60))).photo
    before = shown(backend, photo)[0]
    process: Callable[..., object] = services.rotation._process_image
    options = ImageOptions(quarter_turns=1, turn_original=False)
    with monkeypatch.context() as patched:
        patched.setattr(
            services.rotation, "_process_image", lambda file, **_: process(file, options=options)
        )
        rotated = services.rotation.rotate(photo, 1, 0)
    assert rotated.rotation == 1
    other = local_backend(tmp_path / "other")
    others = services_of(other, config)
    copy(services, LocalObjectStore(tmp_path / "export", "/"), others)
    key = rotated.stored_keys[-1]
    assert other.objects.get(key) == backend.objects.get(key)
    twice = others.rotation.rotate(other.catalog.get(photo.photo_id), 1, 1)
    assert twice.rotation == 0
    expected = before.transpose(Image.Transpose.ROTATE_180)
    assert shown(other, twice)[0].tobytes() == expected.tobytes()


def copy(source: Services, folder: LocalObjectStore, target: Services) -> None:
    assert all(not result.missing for result in export(source.backend, folder))
    outcomes = {result.outcome for result in import_export(target, folder)}
    assert outcomes <= {RebuildOutcome.ADDED, RebuildOutcome.UPDATED}


def test_an_edit_at_the_same_time_is_kept(
    services: Services, backend: Backend, photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The photo is read again after the conflict, and rotated with its new title."""
    edit_while_processing(services, photo, monkeypatch, times=1)
    rotated = services.rotation.rotate(photo, 1, 0)
    assert (rotated.title, rotated.revision) == ("Edit 1", 1)
    assert_settled(backend, rotated)


def test_edits_at_every_attempt_are_a_conflict(
    services: Services, backend: Backend, photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The photo is as the last edit left it."""
    edit_while_processing(services, photo, monkeypatch, times=9)
    with pytest.raises(EditConflict):
        services.rotation.rotate(photo, 1, 0)
    current = backend.catalog.get(photo.photo_id)
    assert (current.title, current.revision) == ("Edit 3", 0)
    assert_settled(backend, current)


def edit_while_processing(
    services: Services, photo: Photo, monkeypatch: pytest.MonkeyPatch, *, times: int
) -> None:
    """Edit the photo each time its image is processed."""
    process: Callable[..., object] = services.rotation._process_image
    edits = iter(range(1, times + 1))

    def edit_and_process(*args: object, **options: object) -> object:
        if number := next(edits, 0):
            text = PhotoText(title=f"Edit {number}")
            services.photos.update(photo.photo_id, number, text)
        return process(*args, **options)

    monkeypatch.setattr(services.rotation, "_process_image", edit_and_process)
