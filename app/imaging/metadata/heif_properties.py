"""Remove metadata from the item properties of a HEIC or AVIF file.

The properties keep their length. Bytes after the last field of a property become zeros.
"""

from app.imaging import icc
from app.imaging.metadata.coded_data import clean_configuration

# Auxiliary types of alpha planes: AV1 Image File Format section 4.1 and ISO/IEC 23008-12 annex B.
ALPHA_TYPES = (
    b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha",
    b"urn:mpeg:hevc:2015:auxid:1",
)
# The properties that a decoder needs, and the bytes of those that have one length. The others hold
# text or data of unknown meaning. ISO/IEC 23008-12, section 6.5; 14496-12, sections 12.1.4 to
# 12.1.9; AV1 Image File Format, section 2.3.
_LENGTHS = {
    b"ispe": 12,
    b"irot": 1,
    b"imir": 1,
    b"clap": 32,
    b"pasp": 8,
    b"rloc": 12,
    b"lsel": 2,
    b"a1op": 1,
    b"clli": 4,
    b"mdcv": 24,
    b"amve": 8,
}
_CONFIGURATIONS = (b"av1C", b"hvcC", b"lhvC")
_ICC_TYPES = (b"prof", b"rICC")
_NCLX_LENGTH = 7  # bytes: primaries, transfer, matrix and the range flag
_FULL_BOX_HEADER = 4  # bytes: the version and the flags
# Of `cclv`, bits of the first byte: three primaries of 8 bytes, and three luminances of 4.
_PRIMARIES_PRESENT, _LUMINANCES_PRESENT = 0b0010_0000, (0b0001_0000, 0b0000_1000, 0b0000_0100)


def clean_property(box_type: bytes, content: bytes) -> bytes:
    """Return the content of a property without metadata, as long as before.

    The result is empty if the property does not stay.

    Raises:
        ValueError: The content does not have the structure of its type.
    """
    if box_type == b"colr":
        return _clean_colr(content)
    if box_type in _CONFIGURATIONS:
        return clean_configuration(box_type, content)
    if box_type == b"auxC" and read_auxiliary_type(content) not in ALPHA_TYPES:
        return b""
    length = _fields_length(box_type, content)
    return content[:length].ljust(len(content), b"\0")


def read_auxiliary_type(auxc: bytes) -> bytes:
    """Return the type in the content of an `auxC` property (23008-12, 6.5.8)."""
    return auxc[_FULL_BOX_HEADER:].split(b"\0")[0]


def _fields_length(box_type: bytes, content: bytes) -> int:
    """Return the bytes of a property's fields; 0 if the property does not stay."""
    match box_type:
        case b"pixi":
            channels = content[_FULL_BOX_HEADER]
            return _FULL_BOX_HEADER + 1 + channels
        case b"auxC":
            return _FULL_BOX_HEADER + len(read_auxiliary_type(content))
        case b"a1lx":
            size = 4 if content[0] & 1 else 2
            return 1 + 3 * size
        case b"cclv":
            primaries = 24 if content[0] & _PRIMARIES_PRESENT else 0
            luminances = sum(bool(content[0] & flag) for flag in _LUMINANCES_PRESENT)
            return 1 + primaries + 4 * luminances
    return _LENGTHS.get(box_type, 0)


def _clean_colr(content: bytes) -> bytes:
    """Return the content of a color property (14496-12, 12.1.5) without names.

    The result is empty for an unusable ICC profile and for an unknown type.
    """
    color_type, data = content[:4], content[4:]
    if color_type == b"nclx":
        cleaned = data[:_NCLX_LENGTH]
    elif color_type in _ICC_TYPES:
        cleaned = icc.clean_profile(data)
    else:
        cleaned = b""
    return color_type + cleaned.ljust(len(data), b"\0") if cleaned else b""
