"""Remove metadata inside of coded HEVC and AV1 images, which keep their length.

Both codecs have units for data that no decoder needs: SEI messages (ITU-T H.265, annex D) and
metadata OBUs (AV1 specification, section 5.8). They can hold any text. The standards also have
units that only fill space, and these replace them.
"""

from collections.abc import Callable, Iterator

# HEVC: the types of NAL units in H.265, table 7-1. Up to 37 they are pictures, parameters and
# delimiters; the others are filler data, SEI, reserved or unspecified.
_LAST_NEEDED_NAL = 37
_SEI = (39, 40)
_NAL_HEADER = 2  # bytes
_FILLER_MESSAGE = 3  # the type of an SEI message (annex D.2.1)
_MAX_MESSAGE = 254  # bytes of one message whose size takes one byte
_STOP_BIT = b"\x80"  # after the last message of an SEI unit
# Bytes of a decoder's configuration before the count of its arrays: ISO/IEC 14496-15, 8.3.3, 9.5.3.
_ARRAYS_OFFSETS = {b"hvcC": 22, b"lhvC": 5}
_LENGTH_SIZE_OFFSET = 21  # in `hvcC`; the low two bits are the bytes of a unit's length, less 1

# AV1: the types of OBUs in section 6.2.2: sequence header, temporal delimiter, frame header, tile
# group, frame, redundant frame header, tile list.
_NEEDED_OBUS = frozenset((1, 2, 3, 4, 6, 7, 8))
_PADDING_OBU = 15
_OBU_TYPE_MASK = 0b0111_1000
_AV1C_FIELDS = 4  # bytes of `av1C` before its OBUs


def clean_configuration(box_type: bytes, content: bytes) -> bytes:
    """Return the content of a codec's configuration property without metadata, as long as before.

    Raises:
        ValueError: The content does not have the structure of its type.
    """
    if box_type == b"av1C":
        return content[:_AV1C_FIELDS] + clean_obus(content[_AV1C_FIELDS:])
    if box_type in _ARRAYS_OFFSETS:
        return _clean_nal_arrays(content, _ARRAYS_OFFSETS[box_type])
    return content


def clean_nal_units(data: bytes, hvcc: bytes) -> bytes:
    """Return a coded HEVC image without metadata.

    Args:
        data: NAL units, each after its length.
        hvcc: The content of the image's `hvcC` property.

    Raises:
        ValueError: A unit is longer than the data.
    """
    length_size = 1 + (hvcc[_LENGTH_SIZE_OFFSET] & 3)
    cleaned = bytearray(data)
    for start, end in _find_nal_units(data, 0, length_size):
        cleaned[start:end] = _clean_nal_unit(data[start:end])
    return bytes(cleaned)


def clean_obus(data: bytes) -> bytes:
    """Return AV1 data with padding in place of metadata.

    Raises:
        ValueError: An OBU is longer than the data.
    """
    cleaned = bytearray(data)
    position = 0
    while position < len(data):
        header = data[position]
        has_extension, has_size = header & 0b100, header & 0b10
        start = position + (2 if has_extension else 1)
        length = len(data) - start
        if has_size:
            length, start = _read_leb128(data, start)
        end = start + length
        if end > len(data):
            raise ValueError("an OBU that is longer than the data")
        if (header & _OBU_TYPE_MASK) >> 3 not in _NEEDED_OBUS:
            cleaned[position] = header & ~_OBU_TYPE_MASK | _PADDING_OBU << 3
            cleaned[start:end] = _pad(length)
        position = end
    return bytes(cleaned)


def _clean_nal_arrays(content: bytes, offset: int) -> bytes:
    """Return a configuration whose arrays of NAL units begin at `offset`, with their count."""
    cleaned = bytearray(content)
    position = offset + 1
    for _ in range(content[offset]):
        count = int.from_bytes(content[position + 1 : position + 3])
        position += 3
        for _ in range(count):
            ((start, end),) = _find_nal_units(content, position, 2, most=1)
            cleaned[start:end] = _clean_nal_unit(content[start:end])
            position = end
    cleaned[position:] = bytes(len(content) - position)
    return bytes(cleaned)


def _find_nal_units(
    data: bytes, position: int, length_size: int, most: int | None = None
) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each NAL unit, at most `most` of them."""
    found = 0
    while position < len(data) and found != most:
        start = position + length_size
        end = start + int.from_bytes(data[position:start])
        if end > len(data):
            raise ValueError("a NAL unit that is longer than the data")
        yield start, end
        position = end
        found += 1


def _clean_nal_unit(unit: bytes) -> bytes:
    if len(unit) <= _NAL_HEADER:
        return unit
    unit_type = unit[0] >> 1 & 0b11_1111
    if unit_type <= _LAST_NEEDED_NAL:
        return unit
    fill: Callable[[int], bytes] = _fill_with_messages if unit_type in _SEI else _fill
    return unit[:_NAL_HEADER] + fill(len(unit) - _NAL_HEADER)


def _fill(length: int) -> bytes:
    return b"\xff" * length


def _fill_with_messages(length: int) -> bytes:
    """Return SEI messages that say nothing, with the stop bit, `length` bytes together."""
    messages = b""
    remaining = length - len(_STOP_BIT)
    while remaining >= 2:
        size = min(remaining - 2, _MAX_MESSAGE)
        if remaining - 2 - size == 1:  # one byte cannot be a message
            size -= 1
        messages += bytes((_FILLER_MESSAGE, size)) + _fill(size)
        remaining -= 2 + size
    return _fill(remaining) + messages + _STOP_BIT


def _pad(length: int) -> bytes:
    """Return the content of a padding OBU: zeros and the stop bit (section 5.7)."""
    return bytes(length - 1) + _STOP_BIT if length else b""


def _read_leb128(data: bytes, position: int) -> tuple[int, int]:
    """Return a number in LEB128 (section 4.10.5) and the position after it."""
    value = 0
    for index in range(8):
        byte = data[position + index]
        value |= (byte & 0x7F) << (7 * index)
        if not byte & 0x80:
            return value, position + index + 1
    raise ValueError("a number that is too long")
