"""Remove metadata inside coded images of HEIC and AVIF, which keep their length.

Both codecs have units for data that no decoder needs: SEI messages (ITU-T H.265, annex D) and
metadata OBUs (AV1 specification, section 5.8). These units can hold any text. They are replaced by
other units of the standards, which only fill space.
"""

from collections.abc import Callable

_MAX_UNITS = 1_000  # of one image; encoders write some tens
_MAX_PARAMETER_SETS = 256  # of one configuration: 16 VPS, 16 SPS, 64 PPS and some SEI messages

# HEVC: the types of NAL units in H.265, table 7-1: pictures and parameter sets. The others are
# delimiters, filler data, SEI, reserved or unspecified.
_NEEDED_NALS = frozenset((*range(10), *range(16, 22), 32, 33, 34))
_DELIMITER_LENGTHS = {35: 3, 36: 2, 37: 2}  # bytes with the header: sections 7.3.2.5 to 7.3.2.7
_SEI = (39, 40)
_NAL_HEADER = 2  # bytes
_FILLER_MESSAGE = 3  # the type of an SEI message (annex D.2.1)
_MAX_MESSAGE = 254  # bytes of one message whose size takes one byte
_STOP_BIT = b"\x80"  # after the last message of an SEI unit
# Bytes of a decoder's configuration before the count of its arrays: ISO/IEC 14496-15, 8.3.3, 9.5.3.
_ARRAYS_OFFSETS = {b"hvcC": 22, b"lhvC": 5}
_LENGTH_SIZE_OFFSET = 21  # in `hvcC`; the low two bits are the bytes of a unit's length, less 1

# AV1: the types of OBUs in section 6.2.2: sequence header, frame header, tile group and frame.
_NEEDED_OBUS = frozenset((1, 3, 4, 6))
_TEMPORAL_DELIMITER = 2  # an OBU without content
_PADDING_OBU = 15
_OBU_TYPE_MASK = 0b0111_1000
_AV1C_FIELDS = 4  # bytes of `av1C` before its OBUs

# Derived images, whose data is a few numbers: ISO/IEC 23008-12, sections 6.6.2.3 and 6.6.2.2.
_GRID_FIELDS, _OVERLAY_FIELDS = 4, 10  # bytes before the numbers of 16 or 32 bits


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
        ValueError: A unit is longer than the data, or there are too many.
    """
    length_size = 1 + (hvcc[_LENGTH_SIZE_OFFSET] & 3)
    cleaned = bytearray(data)
    position, count = 0, 0
    while position < len(data):
        count += 1
        if count > _MAX_UNITS:
            raise ValueError("too many NAL units")
        start, position = _find_nal_unit(data, position, length_size)
        cleaned[start:position] = _clean_nal_unit(data[start:position])
    return bytes(cleaned)


def clean_derived_image(item_type: bytes, data: bytes, image_count: int) -> bytes:
    """Return the data of a derived image of `image_count` images, with zeros after its fields."""
    number_length = 4 if data[1:2] and data[1] & 1 else 2
    match item_type:
        case b"grid":
            length = _GRID_FIELDS + 2 * number_length
        case b"iovl":
            length = _OVERLAY_FIELDS + (2 + 2 * image_count) * number_length
        case _:
            length = 0
    return data[:length].ljust(len(data), b"\0")


def clean_obus(data: bytes) -> bytes:
    """Return AV1 data with padding in place of metadata.

    Raises:
        ValueError: An OBU is longer than the data, or there are too many.
    """
    cleaned = bytearray(data)
    position, count = 0, 0
    while position < len(data):
        count += 1
        if count > _MAX_UNITS:
            raise ValueError("too many OBUs")
        header = data[position]
        has_extension, has_size = header & 0b100, header & 0b10
        start = position + (2 if has_extension else 1)
        length = len(data) - start
        if has_size:
            length, start = _read_leb128(data, start)
        end = start + length
        if end > len(data):
            raise ValueError("an OBU that is longer than the data")
        if not _is_needed_obu((header & _OBU_TYPE_MASK) >> 3, length):
            cleaned[position] = header & ~_OBU_TYPE_MASK | _PADDING_OBU << 3
            cleaned[start:end] = _pad(length)
        position = end
    return bytes(cleaned)


def _clean_nal_arrays(content: bytes, offset: int) -> bytes:
    """Return a configuration whose arrays of NAL units begin at `offset`, with their count."""
    cleaned = bytearray(content)
    position, total = offset + 1, 0
    for _ in range(content[offset]):
        count = int.from_bytes(content[position + 1 : position + 3])
        position += 3
        total += count
        if total > _MAX_PARAMETER_SETS:
            raise ValueError("too many parameter sets")
        for _ in range(count):
            start, end = _find_nal_unit(content, position, 2)
            cleaned[start:end] = _clean_nal_unit(content[start:end])
            position = end
    cleaned[position:] = bytes(len(content) - position)
    return bytes(cleaned)


def _is_needed_obu(obu_type: int, length: int) -> bool:
    return obu_type in _NEEDED_OBUS or (obu_type == _TEMPORAL_DELIMITER and not length)


def _find_nal_unit(data: bytes, position: int, length_size: int) -> tuple[int, int]:
    """Return the start and the end of the NAL unit whose length is at `position`."""
    start = position + length_size
    end = start + int.from_bytes(data[position:start])
    if end > len(data):
        raise ValueError("a NAL unit that is longer than the data")
    return start, end


def _clean_nal_unit(unit: bytes) -> bytes:
    unit_type = unit[0] >> 1 & 0b11_1111 if unit else 0
    if len(unit) <= _NAL_HEADER or unit_type in _NEEDED_NALS:
        return unit
    if unit_type in _DELIMITER_LENGTHS:
        return unit[: _DELIMITER_LENGTHS[unit_type]].ljust(len(unit), b"\0")
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
