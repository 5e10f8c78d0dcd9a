"""HEIC and AVIF files are cleaned whatever the order of their boxes and of the data in them."""

from io import BytesIO

import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from app.imaging.metadata import remove_metadata
from tests.imaging.heif_files import BOXES, CONTAINERS, item_ids, rearrange
from tests.imaging.sample_files import SECRETS, SERIAL, open_image, process_bytes
from tests.imaging.test_privacy import heif

pillow_heif.register_heif_opener()
EXIF = (b"Exif\0\0", b"II*\0", b"MM\0*")


@pytest.mark.parametrize("kind", ["HEIF", "AVIF"])
@settings(max_examples=60, deadline=None)
@given(order=st.permutations(BOXES), choice=st.data())
def test_no_byte_of_removed_items_stays(kind: str, order: list[str], choice: st.DataObject) -> None:
    """Bytes between the items are removed too, and the image stays."""
    data = heif(kind)
    containers = {
        item_id: choice.draw(st.sampled_from(CONTAINERS), str(item_id))
        for item_id in item_ids(data)
    }
    rearranged = rearrange(data, order, containers, SERIAL.encode())
    assert SERIAL.encode() in rearranged
    cleaned = remove_metadata(rearranged)
    assert [secret for secret in (*SECRETS, *EXIF) if secret in cleaned.body] == []
    assert {"location", "serial", "owner"} <= cleaned.removed_metadata
    before, after = open_image(data), open_image(cleaned.body)
    assert ImageChops.difference(before.convert("RGB"), after.convert("RGB")).getbbox() is None


@pytest.mark.parametrize("kind", ["HEIF", "AVIF"])
@pytest.mark.parametrize(
    "trailer",
    [b"\0" * 3, b"junk", b"SEFH" + SERIAL.encode() + b"SEFT", b"\xff" * 4096],
    ids=["padding", "junk", "Samsung", "ones"],
)
def test_bytes_after_the_last_box_are_removed(kind: str, trailer: bytes) -> None:
    """Phones append data that is no box; the image opens and the data goes."""
    body = BytesIO()
    Image.new("RGB", (64, 48), "navy").save(body, kind)
    photo = process_bytes(body.getvalue() + trailer)
    assert photo.original == process_bytes(body.getvalue()).original
    assert ("metadata" in photo.removed_metadata) == bool(trailer.strip(b"\0"))


def test_premultiplied_alpha_stays_premultiplied() -> None:
    """Without the `prem` reference, a browser would show the colors too dark."""
    image = Image.new("RGBA", (64, 48), (200, 100, 50, 128)).convert("RGBa")
    body = BytesIO()
    pillow_heif.from_bytes("RGBa", image.size, image.tobytes()).save(body)
    original = process_bytes(body.getvalue()).original
    assert pillow_heif.open_heif(original).premultiplied_alpha
    assert open_image(original).tobytes() == open_image(body.getvalue()).tobytes()
