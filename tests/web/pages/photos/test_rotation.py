"""The owner of a photo rotates it."""

from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image, ImageOps

from app.domain.photo import Photo
from app.imaging.pillow_options import register_heif
from app.imaging.privacy_scan import find_private_metadata
from app.services.photo_service import PhotoService
from tests.backends import Backend
from tests.cli.test_cli import run
from tests.sample_images import picture
from tests.visitor import Visitor


def test_owner_rotates_a_photo(visitor: Visitor, service: PhotoService) -> None:
    """Every page shows it turned, and the form that was shown before does nothing more."""
    photo_id = visitor.add()
    form = visitor.fields(f"/photos/{photo_id}") | {"direction": "left"}
    for _ in range(2):
        answer = visitor.post(f"/photos/{photo_id}/rotate", form)
        assert answer.location == f"/photos/{photo_id}"
    photo = service.get(photo_id)
    assert (photo.width, photo.height, photo.revision) == (120, 160, 1)
    for page in ("/", f"/photos/{photo_id}"):
        text = visitor.get(page).text
        assert f"{photo_id}/120-1.jpg" in text
        assert f"{photo_id}/160.jpg" not in text


@pytest.mark.parametrize("file_format", ["HEIF", "AVIF"])
def test_the_original_of_a_rotated_heic_or_avif_is_turned(
    app: Flask,
    visitor: Visitor,
    service: PhotoService,
    backend: Backend,
    tmp_path: Path,
    file_format: str,
) -> None:
    """No pixel changes, so its second turn is exact too. An export has it, `audit` accepts it."""
    register_heif()
    file = BytesIO()
    picture(160, 120).save(file, file_format)
    photo_id = visitor.upload(file.getvalue()).location.rpartition("/")[2]
    before = _shown_original(backend, service.get(photo_id))
    for _ in range(2):
        form = visitor.fields(f"/photos/{photo_id}") | {"direction": "right"}
        visitor.post(f"/photos/{photo_id}/rotate", form)
        photo = service.get(photo_id)
        before = before.transpose(Image.Transpose.ROTATE_270)
        assert (photo.rotation, photo.width, photo.height) == (0, *before.size)
        assert _shown_original(backend, photo).tobytes() == before.tobytes()
    key = photo.stored_keys[-1]
    assert f"{photo_id}/original-2." in visitor.get(f"/photos/{photo_id}").text
    assert find_private_metadata(backend.objects.get(key)) == set()
    assert "No problems found." in run(app, "check", "--sidecars").output
    assert run(app, "export", str(tmp_path / "export")).exit_code == 0
    assert (tmp_path / "export" / key).read_bytes() == backend.objects.get(key)


def _shown_original(backend: Backend, photo: Photo) -> Image.Image:
    body = backend.objects.get(photo.stored_keys[-1])
    return ImageOps.exif_transpose(Image.open(BytesIO(body)))


def test_others_may_not_rotate_a_photo(app: Flask, visitor: Visitor, service: PhotoService) -> None:
    """Nor do they see the buttons."""
    photo_id = visitor.add()
    stranger = Visitor(app)
    fields = stranger.fields("/upload") | {"direction": "left", "revision": "0"}
    assert stranger.post(f"/photos/{photo_id}/rotate", fields).status_code == 403
    assert "/rotate" not in stranger.get(f"/photos/{photo_id}").text
    assert service.get(photo_id).revision == 0
