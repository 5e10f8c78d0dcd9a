"""SEI messages and metadata OBUs are removed from HEIC and AVIF, and the image stays.

Covers app.imaging.metadata.coded_data.
"""

import pillow_heif
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageChops

from app.domain.errors import UnreadableImage
from app.imaging.metadata import coded_data, remove_metadata
from tests.imaging.metadata.heif_files import read_codec, replace_codec
from tests.imaging.sample_files import encode_image, noise, open_image, process_bytes

pillow_heif.register_heif_opener()
NOTE = b"a private note"
PREFIX_SEI, SUFFIX_SEI, RESERVED, UNSPECIFIED, FILLER = 39, 40, 45, 60, 38
RESERVED_PICTURE, RESERVED_IRAP, DELIMITER, END_OF_SEQUENCE = 10, 22, 35, 36
METADATA, TEMPORAL_DELIMITER, RESERVED_OBU, PADDING = 5, 2, 12, 15


def nal_unit(kind: int, payload: bytes) -> bytes:
    return bytes((kind << 1, 1)) + payload


def user_data(note: bytes = NOTE) -> bytes:
    """Return an SEI message of unregistered user data: a UUID and a text (H.265, D.2.7)."""
    payload = bytes(range(1, 17)) + note
    return bytes((5, len(payload))) + payload + b"\x80"


def nal_array(kind: int, *units: bytes) -> bytes:
    """Return an array of NAL units as in `hvcC`."""
    sized = [len(unit).to_bytes(2) + unit for unit in units]
    return bytes((0x80 | kind,)) + len(units).to_bytes(2) + b"".join(sized)


def obu(kind: int, payload: bytes) -> bytes:
    return bytes((kind << 3 | 0b10, len(payload))) + payload


def with_unit(data: bytes, unit: bytes, *, first: bool) -> bytes:
    coded, configuration = read_codec(data)
    sized = len(unit).to_bytes(4) + unit
    return replace_codec(data, sized + coded if first else coded + sized, configuration)


def with_array(data: bytes, array: bytes) -> bytes:
    coded, configuration = read_codec(data)
    grown = bytearray(configuration + array)
    grown[22] += 1
    return replace_codec(data, coded, bytes(grown))


def is_same_image(one: bytes, other: bytes) -> bool:
    before, after = (open_image(data).convert("RGB") for data in (one, other))
    return before.size == after.size and ImageChops.difference(before, after).getbbox() is None


HEIC = encode_image(noise(96, 64), "HEIF")
AVIF = encode_image(noise(96, 64), "AVIF")
HEVC_FILES = {
    "hvcC": with_array(HEIC, nal_array(PREFIX_SEI, nal_unit(PREFIX_SEI, user_data()))),
    "two in hvcC": with_array(
        HEIC, nal_array(PREFIX_SEI, *[nal_unit(PREFIX_SEI, user_data())] * 2)
    ),
    "unspecified in hvcC": with_array(HEIC, nal_array(UNSPECIFIED, nal_unit(UNSPECIFIED, NOTE))),
    "after the arrays": replace_codec(HEIC, read_codec(HEIC)[0], read_codec(HEIC)[1] + NOTE),
    "prefix": with_unit(HEIC, nal_unit(PREFIX_SEI, user_data()), first=True),
    "suffix": with_unit(HEIC, nal_unit(SUFFIX_SEI, user_data()), first=False),
    "filler data": with_unit(HEIC, nal_unit(FILLER, NOTE), first=False),
    "reserved": with_unit(HEIC, nal_unit(RESERVED, NOTE), first=True),
    "unspecified": with_unit(HEIC, nal_unit(UNSPECIFIED, NOTE), first=True),
    "reserved picture": with_unit(HEIC, nal_unit(RESERVED_PICTURE, NOTE), first=False),
    "reserved IRAP picture": with_unit(HEIC, nal_unit(RESERVED_IRAP, NOTE), first=False),
    "delimiter": with_unit(HEIC, nal_unit(DELIMITER, b"\x50" + NOTE), first=True),
    "end of sequence": with_unit(HEIC, nal_unit(END_OF_SEQUENCE, NOTE), first=False),
}


def with_obu(extra: bytes, *, in_configuration: bool) -> bytes:
    coded, configuration = read_codec(AVIF)
    if in_configuration:
        return replace_codec(AVIF, coded, configuration + extra)
    return replace_codec(AVIF, extra + coded, configuration)


AV1_FILES = {
    "av1C": with_obu(obu(METADATA, b"\x04\xb5" + NOTE + b"\x80"), in_configuration=True),
    "metadata": with_obu(obu(METADATA, b"\x04\xb5" + NOTE + b"\x80"), in_configuration=False),
    "padding": with_obu(obu(PADDING, NOTE + b"\x80"), in_configuration=False),
    "reserved": with_obu(obu(RESERVED_OBU, NOTE + b"\x80"), in_configuration=False),
    "delimiter": with_obu(obu(TEMPORAL_DELIMITER, NOTE), in_configuration=False),
}
FILES = {f"HEIC {name}": data for name, data in HEVC_FILES.items()}
FILES |= {f"AVIF {name}": data for name, data in AV1_FILES.items()}


@pytest.mark.parametrize("name", FILES)
def test_metadata_of_the_codec_is_removed(name: str) -> None:
    """The published original has the same pixels and none of the note, and the page says so."""
    data = FILES[name]
    assert NOTE in data
    assert is_same_image(data, HEIC if name.startswith("HEIC") else AVIF)
    photo = process_bytes(data)
    assert NOTE not in photo.original
    assert is_same_image(photo.original, data)
    assert photo.removed_metadata == ("metadata",)


@pytest.mark.parametrize("data", [HEIC, AVIF, *FILES.values()])
def test_a_cleaned_file_is_clean(data: bytes) -> None:
    """Cleaning it again changes nothing, or the audit would report it."""
    cleaned = remove_metadata(data).body
    assert remove_metadata(cleaned).body == cleaned
    assert not remove_metadata(cleaned).removed_metadata


@given(st.integers(3, 2000))
def test_replaced_messages_fill_their_unit(length: int) -> None:
    """They are SEI messages of the type for filler, and no start code is among them."""
    unit = nal_unit(PREFIX_SEI, b"x" * length)
    sized = len(unit).to_bytes(4) + unit
    cleaned = coded_data.clean_nal_units(sized, bytes(21) + b"\3")
    messages = cleaned[6:]
    assert len(messages) == length
    position = 0
    while position < length - 1:
        kind, size = messages[position : position + 2]
        assert kind == 3
        position += 2
        assert messages[position : position + size] == b"\xff" * size
        position += size
    assert messages[position:] == b"\x80"
    assert b"\0\0" not in messages


@pytest.mark.parametrize("length", range(3))
def test_the_shortest_units_stay_as_long(length: int) -> None:
    unit = nal_unit(PREFIX_SEI, b"x" * length)
    cleaned = coded_data.clean_nal_units(len(unit).to_bytes(4) + unit, bytes(21) + b"\3")
    assert len(cleaned) == 6 + length


@pytest.mark.parametrize("size", [0, 1, 2, 127, 128, 300])
def test_obus_of_every_size_are_replaced(size: int) -> None:
    """Sizes are in LEB128, and an OBU without a size extends to the end."""
    encoded_size = bytes((size,)) if size < 128 else bytes((size & 127 | 128, size >> 7))
    extended = bytes((METADATA << 3 | 0b110, 0)) + encoded_size + b"\xaa" * size
    unsized = bytes((METADATA << 3,)) + b"\xaa" * size
    cleaned = coded_data.clean_obus(extended + unsized)
    assert len(cleaned) == len(extended + unsized)
    assert b"\xaa" not in cleaned
    assert cleaned[0] >> 3 == cleaned[len(extended)] >> 3 == PADDING


@pytest.mark.parametrize(
    "data",
    [
        replace_codec(HEIC, read_codec(HEIC)[0] + b"\0\0\1\0", read_codec(HEIC)[1]),
        replace_codec(AVIF, read_codec(AVIF)[0] + b"\x2a\x7f", read_codec(AVIF)[1]),
        replace_codec(HEIC, read_codec(HEIC)[0], read_codec(HEIC)[1][:22] + b"\xff"),
        replace_codec(HEIC, read_codec(HEIC)[0], b""),
        replace_codec(AVIF, read_codec(AVIF)[0], read_codec(AVIF)[1] + b"\x2a" + b"\xff" * 9),
    ],
)
def test_data_without_the_structure_of_its_codec_is_refused(data: bytes) -> None:
    """Nothing could be found in it that has to be removed."""
    with pytest.raises(UnreadableImage):
        remove_metadata(data)


@pytest.mark.parametrize(
    ("item_type", "fields", "image_count"),
    [
        (b"grid", bytes((0, 0, 1, 2)) + bytes(4), 6),
        (b"grid", bytes((0, 1, 1, 2)) + bytes(8), 6),
        (b"iovl", bytes((0, 0)) + bytes(8) + bytes(4) + bytes(8), 2),
        (b"iovl", bytes((0, 1)) + bytes(8) + bytes(8) + bytes(16), 2),
        (b"iden", b"", 1),
    ],
)
def test_text_after_the_numbers_of_a_derived_image_is_removed(
    item_type: bytes, fields: bytes, image_count: int
) -> None:
    cleaned = coded_data.clean_derived_image(item_type, fields + NOTE, image_count)
    assert cleaned == fields + bytes(len(NOTE))


@pytest.mark.parametrize("data", [HEIC, AVIF])
def test_an_image_of_many_units_is_refused(data: bytes) -> None:
    """Encoders write some tens, and a unit takes as long to read as a page of pixels."""
    coded, configuration = read_codec(data)
    unit = b"\0\0\0\2\x4a\1" if data is HEIC else b"\x12\0"
    with pytest.raises(UnreadableImage):
        remove_metadata(replace_codec(data, unit * 1_001 + coded, configuration))
