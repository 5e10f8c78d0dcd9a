"""Remove metadata from JPEG files (ITU-T T.81 Annex B, JFIF 1.02, Exif 3.0).

The result ends where the first image ends. The other images of an MPO, an Ultra HDR photo or a
motion photo come after that end and are removed.
"""

import struct
from collections.abc import Sequence

from PIL import Image

from app.domain.errors import UnreadableImage
from app.domain.image.processed_image import LeftOut
from app.domain.messages import message, plural_message
from app.imaging import icc
from app.imaging.decoder_errors import DAMAGED
from app.imaging.metadata import exif, private_data
from app.imaging.metadata.iptc.kept import KeptMetadata, SelectKept
from app.imaging.metadata.jpeg_scans import has_all_scans
from app.imaging.metadata.jpeg_segments import (
    APP0,
    APP1,
    APP2,
    APP13,
    APP14,
    DAC,
    DHT,
    DQT,
    DRI,
    EOI_BYTES,
    PROGRESSIVE_SOF,
    SEGMENT_HEADER,
    SOF,
    SOI_BYTES,
    SOS,
    ParsedFile,
    Segment,
    clear_skipped_bytes,
    find_fields_length,
    parse,
)
from app.imaging.metadata.result import MAX_OTHER_METADATA, CleanFile, Data

# Sequential and progressive DCT, with Huffman or arithmetic coding; the others are lossless or
# hierarchical. The payload begins with the sample precision, of which libjpeg decodes 8 bits.
_SUPPORTED_SOF = frozenset((0xC0, 0xC1, 0xC2, 0xC9, 0xCA))
_DECODING = SOF | {DHT, DAC, DQT, DRI, SOS}

_XMP_ID = b"http://ns.adobe.com/xap/1.0/\0"
_PANORAMA = b"GPano:"  # Google Photo Sphere XMP metadata
_PHOTOSHOP_ID = b"Photoshop 3.0\0"
_PROFILE_ID = b"ICC_PROFILE\0"
_PROFILE_HEADER = len(_PROFILE_ID) + 2  # the number of the part, and the count of parts
_MAX_PROFILE_PART = 65_533 - _PROFILE_HEADER  # bytes, since a segment has 65 533
_MAX_SCANS = 64  # encoders write 10 to 20; every scan of a scan bomb is a pass over all pixels

_TOO_MANY_SCANS = plural_message(
    "This JPEG has more than %(count)s scan. Save it as a standard JPEG and try again.",
    "This JPEG has more than %(count)s scans. Save it as a standard JPEG and try again.",
)
_UNSUPPORTED = message(
    "This kind of JPEG isn’t supported. Save it as a standard JPEG and upload that."
)


def matches(header: bytes) -> bool:
    """Return whether a file with these first bytes is a JPEG."""
    return header.startswith(SOI_BYTES + b"\xff")


def remove_metadata(data: Data, select_kept: SelectKept) -> CleanFile:
    """Return the segments for decoding, and EXIF and XMP with the metadata that stays.

    Raises:
        UnreadableImage: The file is damaged or cut off, is of an unsupported kind, or has too many
            scans or too large a profile.
    """
    parsed = parse(data)
    frame_header = _find_frame_header(parsed.segments)
    profile = _clean_profile(parsed.segments)
    original_exif = _read_exif(parsed.segments)
    other_metadata = _read_other_metadata(parsed.segments)
    clean_segments = [_clean_segment(segment) for segment in parsed.segments]
    if parsed.may_be_cut_off and not has_all_scans(parsed.segments):
        raise UnreadableImage(DAMAGED)
    removed = _find_removed(parsed, clean_segments)
    kept = select_kept(original_exif, other_metadata)
    if kept.located is not None:
        removed.discard("location")
    return CleanFile(
        body=_build_file(parsed.segments, clean_segments, _build_kept(kept) + profile),
        format="JPEG",
        content_type="image/jpeg",
        size=_read_size(frame_header),
        exif=original_exif,
        other_metadata=other_metadata,
        kept=kept,
        left_out=LeftOut(panorama=_PANORAMA in other_metadata),
        removed_metadata=frozenset(removed),
        progressive=frame_header.marker in PROGRESSIVE_SOF,
        may_be_cut_off=parsed.may_be_cut_off,
    )


def _find_frame_header(segments: list[Segment]) -> Segment:
    """Return the only SOF segment."""
    frame_headers = [segment for segment in segments if segment.marker in SOF]
    scan_count = sum(segment.marker == SOS for segment in segments)
    if len(frame_headers) != 1 or not scan_count:
        raise UnreadableImage(DAMAGED)
    if scan_count > _MAX_SCANS:
        raise UnreadableImage(_TOO_MANY_SCANS.with_values(count=_MAX_SCANS))
    if frame_headers[0].marker not in _SUPPORTED_SOF or frame_headers[0].payload[0] != 8:
        raise UnreadableImage(_UNSUPPORTED)
    return frame_headers[0]


def _clean_profile(segments: list[Segment]) -> bytes:
    """Return the segments of the ICC profile without names and serial numbers (ICC.1 annex B.4)."""
    parts = [segment.payload for segment in segments if _is_profile(segment)]
    parts.sort(key=lambda part: part[_PROFILE_HEADER - 2 : _PROFILE_HEADER - 1])  # their numbers
    profile = icc.clean_profile(b"".join(part[_PROFILE_HEADER:] for part in parts))
    pieces = [
        profile[start : start + _MAX_PROFILE_PART]
        for start in range(0, len(profile), _MAX_PROFILE_PART)
    ]
    return b"".join(
        _build_segment(APP2, _PROFILE_ID + bytes((number, len(pieces))) + piece)
        for number, piece in enumerate(pieces, 1)
    )


def _read_size(frame_header: Segment) -> tuple[int, int]:
    """Return width and height: the Y and X fields of T.81 B.2.2."""
    height, width = struct.unpack_from(">HH", frame_header.body, SEGMENT_HEADER + 1)
    return width, height


def _read_exif(segments: list[Segment]) -> Image.Exif:
    for segment in segments:
        if _is_exif(segment):
            return exif.read_exif(segment.payload)
    return Image.Exif()


def _read_other_metadata(segments: list[Segment]) -> bytes:
    """Return the XMP (XMP part 3, 1.1.3) and the Photoshop resources, which hold IPTC."""
    payloads = [segment.payload for segment in segments if segment.marker in (APP1, APP13)]
    found = [payload for payload in payloads if payload.startswith((_XMP_ID, _PHOTOSHOP_ID))]
    return b"".join(found)[:MAX_OTHER_METADATA]


def _clean_segment(segment: Segment) -> bytes | memoryview:
    """Return a segment without metadata; empty if nothing stays."""
    if segment.marker in _DECODING:
        return _clean_decoding_segment(segment)
    if segment.marker == APP0 and segment.payload.startswith(b"JFIF\0"):
        return _clean_jfif(segment)
    if segment.marker == APP14 and segment.payload.startswith(b"Adobe"):
        return _clean_adobe(segment)
    return b""


def _clean_decoding_segment(segment: Segment) -> bytes | memoryview:
    """Return a segment that decoding needs, with zeros for bytes of a scan that decoders skip.

    Raises:
        UnreadableImage: Other bytes follow the segment's fields. libjpeg refuses such a file.
    """
    if find_fields_length(segment.marker, segment.payload) != segment.payload_length:
        raise UnreadableImage(DAMAGED)
    if not segment.has_skipped_bytes:
        return segment.body
    scan_start = SEGMENT_HEADER + segment.payload_length
    scan = clear_skipped_bytes(bytes(segment.body[scan_start:]))
    return bytes(segment.body[:scan_start]) + scan


def _clean_jfif(segment: Segment) -> bytes:
    """Return the JFIF APP0 segment without its thumbnail."""
    version_and_density = segment.payload[:12].ljust(12, b"\0")
    thumbnail_size = b"\0\0"
    return _build_segment(APP0, version_and_density + thumbnail_size)


def _clean_adobe(segment: Segment) -> bytes:
    """Return the 12 bytes of the Adobe APP14 segment, which say how colors are coded."""
    return _build_segment(APP14, segment.payload[:12].ljust(12, b"\0"))


def _find_removed(parsed: ParsedFile, clean_segments: Sequence[bytes | memoryview]) -> set[str]:
    """Return the kinds of private data that the result does not have."""
    removed = private_data.kinds_in_trailer(parsed.trailer)
    for segment, cleaned in zip(parsed.segments, clean_segments, strict=True):
        if not _is_profile(segment) and len(cleaned) < len(segment.body):
            removed |= _kinds_in_segment(segment)
    return removed


def _kinds_in_segment(segment: Segment) -> set[str]:
    if _is_exif(segment):
        return private_data.kinds_in_exif(exif.read_exif(segment.payload))
    if segment.marker == APP0:
        return {"thumbnail"}
    return private_data.kinds_in_bytes(segment.payload)


def _build_file(
    segments: list[Segment],
    clean_segments: Sequence[bytes | memoryview],
    metadata: bytes,
) -> bytes:
    # JFIF requires its APP0 segment right after SOI.
    index = 1 if segments[0].marker == APP0 else 0
    before, after = clean_segments[:index], clean_segments[index:]
    return b"".join((SOI_BYTES, *before, metadata, *after, EOI_BYTES))


def _build_kept(kept: KeptMetadata) -> bytes:
    """Return the segments of the EXIF and the XMP that stay."""
    payloads = ((exif.MARKER, kept.exif), (_XMP_ID, kept.xmp))
    return b"".join(_build_segment(APP1, header + body) for header, body in payloads if body)


def _build_segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, 2 + len(payload)) + payload


def _is_exif(segment: Segment) -> bool:
    return segment.marker == APP1 and segment.payload.startswith(exif.MARKER)


def _is_profile(segment: Segment) -> bool:
    """Return whether a segment holds a part of an ICC profile."""
    return segment.marker == APP2 and segment.payload.startswith(_PROFILE_ID)
