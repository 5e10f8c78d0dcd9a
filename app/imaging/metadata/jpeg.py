"""JPEG: the segments that make the picture, up to its end, and nothing else.

Markers as in ITU T.81 annex B. An MPO, an Ultra HDR or a motion photo keeps its primary picture: the others come after
that one's end.
"""

import re
import struct
from dataclasses import dataclass

from PIL import Image

from app.domain.errors import UnreadableImage
from app.domain.messages import message, plural_message
from app.imaging.metadata import exif, private_data
from app.imaging.metadata.result import DAMAGED, MAX_PARTS, MAX_PROFILE, CleanFile, Data

_SOI, _EOI = b"\xff\xd8", b"\xff\xd9"
_SOS, _APP0, _APP1, _APP2, _APP14 = 0xDA, 0xE0, 0xE1, 0xE2, 0xEE
_PROGRESSIVE = frozenset((0xC2, 0xC6, 0xCA, 0xCE))
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PICTURE = _FRAMES | {
    0xC4,
    0xCC,
    0xDB,
    0xDC,
    0xDD,
    _SOS,
}  # with the tables, DNL and the restart interval
_ALONE = frozenset((0x01, *range(0xD0, 0xD9)))  # markers without a length

_MAX_SCANS = (
    64  # encoders write 10 to 20; a scan bomb has hundreds, each of them a pass over every pixel
)

_TOO_MANY_SCANS = plural_message(
    "This JPEG has more than %(count)s scan. Save it as a standard JPEG and try again.",
    "This JPEG has more than %(count)s scans. Save it as a standard JPEG and try again.",
)
_HUGE_PROFILE = message(
    "This photo’s color profile is too large. Save it with a standard profile and try again."
)

_MARKER = re.compile(rb"\xff+([^\x00\xff])")
# Stuffed zeros and restarts belong to the scan. With a plus after \xff a search takes 29 ms instead of 1.4 over 4 MB.
_SCAN_END = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")


@dataclass(frozen=True, slots=True)
class _Segment:
    marker: int
    body: bytes | memoryview  # from its marker on; a scan with its data, which is looked at nowhere

    @property
    def payload(self) -> bytes:
        return bytes(self.body[4:])


def matches(data: Data) -> bool:
    """Whether it begins as a JPEG does."""
    return data[:3] == _SOI + b"\xff"


def clean(data: Data, *, keep_location: bool) -> CleanFile:
    """The picture's segments, with the orientation (and the place, where it stays) as the only EXIF."""
    segments, trailer, whole = _segments(data)
    frame = _frame(segments)
    block = next((exif.read_exif(s.payload) for s in segments if _is_exif(s)), Image.Exif())
    kept = [_without_metadata(segment) for segment in segments]
    removed = {
        name
        for s, part in zip(segments, kept, strict=True)
        if len(part) < len(s.body)
        for name in _found(s)
    }
    removed |= private_data.kinds_in_bytes(trailer) if trailer.strip(b"\0") else set()
    if keep_location:
        removed.discard("location")
    fresh = _app1(
        exif.build_minimal(exif.read_orientation(block), block if keep_location else None)
    )
    first = 1 if segments[0].marker == _APP0 else 0  # JFIF wants to be first
    return CleanFile(
        body=b"".join((_SOI, *kept[:first], fresh, *kept[first:], _EOI)),
        format="JPEG",
        content_type="image/jpeg",
        size=_size(frame),
        exif=block,
        removed=frozenset(removed),
        progressive=frame.marker in _PROGRESSIVE,
        whole=whole,
    )


def _segments(data: Data) -> tuple[list[_Segment], bytes, bool]:
    """Every segment, what follows the picture's end, and whether the end is there."""
    segments: list[_Segment] = []
    scans = memoryview(data)  # they are nearly all of it: not copied
    at = len(_SOI)
    while match := _MARKER.search(data, at):
        marker, start, at = match[1][0], match.end() - 2, match.end()
        if marker == _EOI[1]:
            return segments, data[at:], True
        if marker in _ALONE:
            continue
        at += struct.unpack_from(">H", data, at)[0]
        if marker == _SOS:
            end = _SCAN_END.search(data, at)
            at = end.start() if end else len(data)
        if at > len(data) or len(segments) == MAX_PARTS:
            raise UnreadableImage(DAMAGED)
        segments.append(_Segment(marker, (scans if marker == _SOS else data)[start:at]))
    return segments, b"", False


def _frame(segments: list[_Segment]) -> _Segment:
    """The one frame header. Raises UnreadableImage for none or several, for scan bombs and huge profiles."""
    frames = [segment for segment in segments if segment.marker in _FRAMES]
    scans = sum(segment.marker == _SOS for segment in segments)
    if len(frames) != 1 or not scans:
        raise UnreadableImage(DAMAGED)
    if scans > _MAX_SCANS:
        raise UnreadableImage(_TOO_MANY_SCANS.with_values(count=_MAX_SCANS))
    if sum(len(segment.body) for segment in segments if _is_profile(segment)) > MAX_PROFILE:
        raise UnreadableImage(_HUGE_PROFILE)
    return frames[0]


def _size(frame: _Segment) -> tuple[int, int]:
    height, width = struct.unpack_from(">HH", frame.body, 5)
    return width, height


def _without_metadata(segment: _Segment) -> bytes | memoryview:
    """What stays of a segment: all, a shorter form, or nothing."""
    if segment.marker in _PICTURE or _is_profile(segment):
        return segment.body
    if segment.marker == _APP0 and segment.payload.startswith(b"JFIF\0"):  # without its thumbnail
        return b"\xff\xe0\0\x10" + segment.payload[:12].ljust(12, b"\0") + b"\0\0"
    if segment.marker == _APP14 and segment.payload.startswith(
        b"Adobe"
    ):  # tells how colours are coded
        return b"\xff\xee\0\x0e" + segment.payload[:12].ljust(12, b"\0")
    return b""


def _found(segment: _Segment) -> set[str]:
    if _is_exif(segment):
        return private_data.kinds_in_exif(exif.read_exif(segment.payload))
    if segment.marker == _APP0:
        return {"thumbnail"}
    return private_data.kinds_in_bytes(segment.payload)


def _app1(block: bytes) -> bytes:
    return (
        b"\xff\xe1" + struct.pack(">H", 2 + 6 + len(block)) + exif.MARKER + block if block else b""
    )


def _is_exif(segment: _Segment) -> bool:
    return segment.marker == _APP1 and segment.payload.startswith(exif.MARKER)


def _is_profile(segment: _Segment) -> bool:
    return segment.marker == _APP2 and segment.payload.startswith(b"ICC_PROFILE\0")
