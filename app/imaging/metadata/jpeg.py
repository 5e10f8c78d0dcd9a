"""Remove metadata from JPEG files, as in ITU-T T.81 Annex B, JFIF 1.02 and Exif 3.0.

The result ends where the first image ends. The other images of an MPO, an Ultra HDR photo or a
motion photo come after that end and are removed.
"""

import re
import struct
from dataclasses import dataclass

from PIL import Image

from app.domain.errors import UnreadableImage
from app.domain.messages import message, plural_message
from app.imaging.metadata import exif, private_data
from app.imaging.metadata.result import DAMAGED, MAX_PARTS, MAX_PROFILE, CleanFile, Data

# Marker codes, T.81 table B.1.
_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_DHT, _DAC, _DQT, _DNL, _DRI = 0xC4, 0xCC, 0xDB, 0xDC, 0xDD
_APP0, _APP1, _APP2, _APP14 = 0xE0, 0xE1, 0xE2, 0xEE
_JPG, _TEM, _RST0, _RST7 = 0xC8, 0x01, 0xD0, 0xD7
_SOF = frozenset(range(0xC0, 0xD0)) - {_DHT, _DAC, _JPG}
_PROGRESSIVE_SOF = frozenset((0xC2, 0xC6, 0xCA, 0xCE))
_STANDALONE = frozenset((_TEM, _SOI, *range(_RST0, _RST7 + 1)))  # markers without a length
_DECODING = _SOF | {_DHT, _DAC, _DQT, _DNL, _DRI, _SOS}

_SOI_BYTES = bytes((0xFF, _SOI))
_EOI_BYTES = bytes((0xFF, _EOI))
_SEGMENT_HEADER = 4  # bytes: the marker and the length

_MAX_SCANS = 64  # encoders write 10 to 20; every scan of a scan bomb is a pass over all pixels

_TOO_MANY_SCANS = plural_message(
    "This JPEG has more than %(count)s scan. Save it as a standard JPEG and try again.",
    "This JPEG has more than %(count)s scans. Save it as a standard JPEG and try again.",
)
_HUGE_PROFILE = message(
    "This photo’s color profile is too large. Save it with a standard profile and try again."
)

_MARKER = re.compile(rb"\xff+([^\x00\xff])")
# Entropy-coded data holds stuffed zero bytes and RST markers (T.81 B.1.1.5). The expression has no
# "+" after \xff: with it, a search through 4 MB takes 29 ms instead of 1.4 ms.
_SCAN_END = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")


@dataclass(frozen=True, slots=True)
class _Segment:
    marker: int
    body: bytes | memoryview  # with its marker and length; SOS includes its entropy-coded data

    @property
    def payload(self) -> bytes:
        return bytes(self.body[_SEGMENT_HEADER:])


@dataclass(frozen=True, slots=True)
class _ParsedFile:
    segments: list[_Segment]
    trailer: bytes  # the bytes after the EOI marker
    has_end_marker: bool  # EOI


def matches(header: bytes) -> bool:
    """Return whether a file with these first bytes is a JPEG."""
    return header.startswith(_SOI_BYTES + b"\xff")


def remove_metadata(data: Data, *, keep_location: bool) -> CleanFile:
    """Return the segments for decoding, and EXIF with the orientation and, if kept, the location.

    Raises:
        UnreadableImage: The file is damaged, or has too many scans or too large a profile.
    """
    parsed = _parse(data)
    frame_header = _find_frame_header(parsed.segments)
    _check_profile_size(parsed.segments)
    original_exif = _read_exif(parsed.segments)
    removed = _find_removed(parsed)
    if keep_location:
        removed.discard("location")
    location_source = original_exif if keep_location else None
    orientation = exif.read_orientation(original_exif)
    exif_segment = _build_exif_segment(exif.build_minimal(orientation, location_source))
    return CleanFile(
        body=_build_file(parsed.segments, exif_segment),
        format="JPEG",
        content_type="image/jpeg",
        size=_read_size(frame_header),
        exif=original_exif,
        removed_metadata=frozenset(removed),
        progressive=frame_header.marker in _PROGRESSIVE_SOF,
        has_end_marker=parsed.has_end_marker,
    )


def _parse(data: Data) -> _ParsedFile:
    """Split the file into segments."""
    segments: list[_Segment] = []
    view = memoryview(data)  # scans are most of the file and are not copied
    position = len(_SOI_BYTES)
    while match := _MARKER.search(data, position):
        marker = match[1][0]
        start, position = match.end() - 2, match.end()
        if marker == _EOI:
            return _ParsedFile(segments, data[position:], has_end_marker=True)
        if marker in _STANDALONE:
            continue
        position = _find_segment_end(data, marker, position)
        if position > len(data) or len(segments) == MAX_PARTS:
            raise UnreadableImage(DAMAGED)
        body = view[start:position] if marker == _SOS else data[start:position]
        segments.append(_Segment(marker, body))
    return _ParsedFile(segments, b"", has_end_marker=False)


def _find_segment_end(data: Data, marker: int, position: int) -> int:
    """Return the offset after a segment whose length field is at `position`."""
    (length,) = struct.unpack_from(">H", data, position)
    end = position + int(length)
    if marker != _SOS:
        return end
    match = _SCAN_END.search(data, end)
    return match.start() if match else len(data)


def _find_frame_header(segments: list[_Segment]) -> _Segment:
    """Return the only SOF segment."""
    frame_headers = [segment for segment in segments if segment.marker in _SOF]
    scan_count = sum(segment.marker == _SOS for segment in segments)
    if len(frame_headers) != 1 or not scan_count:
        raise UnreadableImage(DAMAGED)
    if scan_count > _MAX_SCANS:
        raise UnreadableImage(_TOO_MANY_SCANS.with_values(count=_MAX_SCANS))
    return frame_headers[0]


def _check_profile_size(segments: list[_Segment]) -> None:
    profile_size = sum(len(segment.body) for segment in segments if _is_profile(segment))
    if profile_size > MAX_PROFILE:
        raise UnreadableImage(_HUGE_PROFILE)


def _read_size(frame_header: _Segment) -> tuple[int, int]:
    """Return width and height: the Y and X fields of T.81 B.2.2."""
    height, width = struct.unpack_from(">HH", frame_header.body, _SEGMENT_HEADER + 1)
    return width, height


def _read_exif(segments: list[_Segment]) -> Image.Exif:
    for segment in segments:
        if _is_exif(segment):
            return exif.read_exif(segment.payload)
    return Image.Exif()


def _clean_segment(segment: _Segment) -> bytes | memoryview:
    """Return a segment without metadata; empty if nothing stays."""
    if segment.marker in _DECODING or _is_profile(segment):
        return segment.body
    if segment.marker == _APP0 and segment.payload.startswith(b"JFIF\0"):
        return _clean_jfif(segment)
    if segment.marker == _APP14 and segment.payload.startswith(b"Adobe"):
        return _clean_adobe(segment)
    return b""


def _clean_jfif(segment: _Segment) -> bytes:
    """Return the JFIF APP0 segment without its thumbnail."""
    version_and_density = segment.payload[:12].ljust(12, b"\0")
    thumbnail_size = b"\0\0"
    return _build_segment(_APP0, version_and_density + thumbnail_size)


def _clean_adobe(segment: _Segment) -> bytes:
    """Return the 12 bytes of the Adobe APP14 segment, which say how colors are coded."""
    return _build_segment(_APP14, segment.payload[:12].ljust(12, b"\0"))


def _find_removed(parsed: _ParsedFile) -> set[str]:
    """Return the kinds of private data that the result does not have."""
    removed = private_data.kinds_in_trailer(parsed.trailer)
    for segment in parsed.segments:
        if len(_clean_segment(segment)) < len(segment.body):
            removed |= _kinds_in_segment(segment)
    return removed


def _kinds_in_segment(segment: _Segment) -> set[str]:
    if _is_exif(segment):
        return private_data.kinds_in_exif(exif.read_exif(segment.payload))
    if segment.marker == _APP0:
        return {"thumbnail"}
    return private_data.kinds_in_bytes(segment.payload)


def _build_file(segments: list[_Segment], exif_segment: bytes) -> bytes:
    parts = [_clean_segment(segment) for segment in segments]
    # JFIF requires its APP0 segment right after SOI.
    exif_index = 1 if segments[0].marker == _APP0 else 0
    parts.insert(exif_index, exif_segment)
    return b"".join((_SOI_BYTES, *parts, _EOI_BYTES))


def _build_exif_segment(block: bytes) -> bytes:
    return _build_segment(_APP1, exif.MARKER + block) if block else b""


def _build_segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, 2 + len(payload)) + payload


def _is_exif(segment: _Segment) -> bool:
    return segment.marker == _APP1 and segment.payload.startswith(exif.MARKER)


def _is_profile(segment: _Segment) -> bool:
    """Return whether a segment holds a part of an ICC profile (ICC.1:2010 annex B.4)."""
    return segment.marker == _APP2 and segment.payload.startswith(b"ICC_PROFILE\0")
