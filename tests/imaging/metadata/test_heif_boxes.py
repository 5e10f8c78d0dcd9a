"""HEIC and AVIF files are cleaned whatever the order of their boxes and of the data in them."""

from io import BytesIO

import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from app.domain.errors import UnreadableImage
from app.imaging.metadata import remove_metadata
from tests.imaging.metadata.heif_files import (
    BOXES,
    CONTAINERS,
    item_ids,
    rearrange,
    split_associations,
)
from tests.imaging.privacy.private_files import heif
from tests.imaging.sample_files import SECRETS, SERIAL, open_image, process_bytes

pillow_heif.register_heif_opener()
EXIF = (b"Exif\0\0", b"II*\0", b"MM\0*")


@pytest.mark.parametrize("kind", ["HEIF", "AVIF"])
@settings(max_examples=60)
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


def duplicate_box(data: bytes, name: bytes) -> bytes:
    """Return the file with a box repeated, and with the boxes around it longer."""
    parents = [b"meta", b"iprp"] if name in (b"ipco", b"ipma") else [b"meta"]
    start = data.index(name) - 4
    length = int.from_bytes(data[start : start + 4])
    changed = bytearray(data)
    for parent in parents:
        at = data.index(parent) - 4
        size = int.from_bytes(data[at : at + 4])
        changed[at : at + 4] = (size + length).to_bytes(4)
    return bytes(
        changed[: start + length] + changed[start : start + length] + changed[start + length :]
    )


@pytest.mark.parametrize("name", [b"ipco", b"ipma", b"iloc", b"iinf", b"pitm"])
def test_a_file_with_two_boxes_of_one_kind_is_refused(name: bytes) -> None:
    """Programs differ in which of them they read."""
    with pytest.raises(UnreadableImage):
        remove_metadata(duplicate_box(heif("AVIF"), name))


@pytest.mark.parametrize("kind", ["AVIF", "HEIF"])
def test_properties_may_be_listed_in_several_boxes(kind: str) -> None:
    """Browsers show such files; the original has one box, since libavif refuses two of a kind."""
    image = Image.new("RGBA", (64, 48), (200, 100, 50, 128))
    body = BytesIO()
    image.save(body, kind, quality=95)
    data = split_associations(body.getvalue())
    assert data.count(b"ipma") == 2
    photo = process_bytes(data)
    assert photo.original.count(b"ipma") == 1
    assert open_image(photo.original).tobytes() == open_image(body.getvalue()).tobytes()


def test_a_repeated_list_of_properties_is_refused() -> None:
    """The number of properties of one item is a byte; more would be an error of ours."""
    data = heif("AVIF")
    start = data.index(b"ipma")
    count_at = start + 8
    entry = data[count_at + 4 : count_at + 4 + 3 + data[count_at + 6]]
    grown = bytearray(data[: count_at + 4] + entry + data[count_at + 4 :])
    for name in (b"meta", b"iprp", b"ipma"):
        at = data.index(name) - 4
        size = int.from_bytes(data[at : at + 4])
        grown[at : at + 4] = (size + len(entry)).to_bytes(4)
    count = int.from_bytes(data[count_at : count_at + 4])
    grown[count_at : count_at + 4] = (count + 1).to_bytes(4)
    with pytest.raises(UnreadableImage):
        remove_metadata(bytes(grown))


def test_bytes_after_the_color_numbers_are_removed() -> None:
    """A color property of another type, or longer than its fields, could hold a text."""
    data = heif("AVIF")
    start = data.index(b"colrnclx")
    length = int.from_bytes(data[start - 4 : start])
    note = b"private"
    grown = bytearray(data[: start - 4 + length] + note + data[start - 4 + length :])
    for name in (b"meta", b"iprp", b"ipco", b"colr"):
        at = data.index(name) - 4
        size = int.from_bytes(data[at : at + 4])
        grown[at : at + 4] = (size + len(note)).to_bytes(4)
    assert note not in remove_metadata(bytes(grown)).body
    other = bytes(grown).replace(b"colrnclx", b"colrxxxx")
    assert note not in remove_metadata(other).body
