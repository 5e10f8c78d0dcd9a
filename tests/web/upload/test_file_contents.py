"""The page of a photo says which parts of the file were kept, removed or left out."""

from io import BytesIO

import pytest
from PIL import Image

from app.domain import object_keys
from app.services.photo_service import PhotoService
from tests.backends import Backend
from tests.sample_images import jpeg, phone_exif
from tests.visitor import Visitor


def test_location_and_serial_number_are_removed(
    visitor: Visitor, service: PhotoService, backend: Backend
) -> None:
    """Location and serial number are removed, and the photo page says so."""
    answer = visitor.upload(jpeg(exif=phone_exif()))
    assert "Location and camera serial removed." in visitor.get(answer.location).text
    assert "Location and camera serial removed<" in visitor.get(answer.location).text
    assert (
        visitor.upload_json(jpeg(exif=phone_exif())).json["photos"][0]["removed_text"]
        == "Location and camera serial removed"
    )
    photo = service.get(answer.location.rpartition("/")[2])
    for key in photo.object_keys:
        body = backend.objects.get(key)
        assert b"SERIAL-12345" not in body
        assert not Image.open(BytesIO(body)).getexif().get_ifd(0x8825)


def test_camera_facts_are_on_the_photo_page(visitor: Visitor) -> None:
    """Make, model and exposure are shown, and when the photo was taken."""
    page = visitor.get(visitor.upload(jpeg(exif=phone_exif())).location).text
    for fact in ("Phone 7", "1/120", "1.8", "4.2", "50", "August 15, 2026"):
        assert fact in page


def test_a_sideways_photo_stands_upright(
    visitor: Visitor, service: PhotoService, backend: Backend
) -> None:
    """A photo with orientation 6 has its upright size, and so have its renditions."""
    photo_id = visitor.upload(jpeg(800, 600, exif=phone_exif(orientation=6))).location.rpartition(
        "/"
    )[2]
    photo = service.get(photo_id)
    assert (photo.width, photo.height) == (600, 800)
    rendition = Image.open(BytesIO(backend.objects.get(object_keys.rendition(photo_id, 320))))
    assert rendition.size == (320, 427)


def two_pages() -> bytes:
    body = BytesIO()
    page = Image.new("RGB", (64, 48), "navy")
    page.save(body, "TIFF", save_all=True, append_images=[page])
    return body.getvalue()


def animation() -> bytes:
    body = BytesIO()
    frames = [Image.new("RGB", (64, 48), color) for color in ("red", "navy")]
    frames[0].save(body, "AVIF", save_all=True, append_images=frames[1:], duration=100)
    return body.getvalue()


def panorama() -> bytes:
    data = jpeg()
    xmp = b"http://ns.adobe.com/xap/1.0/\0<x GPano:ProjectionType='equirectangular'/>"
    return data[:2] + b"\xff\xe1" + (len(xmp) + 2).to_bytes(2) + xmp + data[2:]


LEFT_OUT = {
    "1 more page of the file was left out.": two_pages,
    "The animation was left out; the photo is its first image.": animation,
    "The data for a 360° view was left out; the photo is flat.": panorama,
}


@pytest.mark.parametrize("note", LEFT_OUT)
def test_parts_that_a_photo_lacks_are_named(visitor: Visitor, note: str) -> None:
    """On the page of the photo, on the gallery after several photos, and for scripts."""
    file = LEFT_OUT[note]()
    answer = visitor.upload(file)
    assert note in visitor.get(answer.location).text
    assert visitor.upload_json(file).json["photos"][0]["left_out"] == [note]
    assert visitor.upload_json(jpeg()).json["photos"][0]["left_out"] == []
    both = [(BytesIO(file), "a"), (BytesIO(jpeg(99, 99)), "b")]
    form = visitor.fields("/upload") | {"photo": both, "add_duplicates": "1"}
    visitor.post("/upload", form)
    assert visitor.get("/").text.count(note) == 1
