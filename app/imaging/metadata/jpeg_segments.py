"""Split a JPEG file into its segments, as in ITU-T T.81 Annex B."""

import re
import struct
from dataclasses import dataclass

from app.domain.errors import UnreadableImage
from app.imaging.metadata.result import DAMAGED, MAX_PARTS, Data

# Marker codes, table B.1.
SOI, EOI, SOS = 0xD8, 0xD9, 0xDA
DHT, DAC, DQT, DNL, DRI = 0xC4, 0xCC, 0xDB, 0xDC, 0xDD
APP0, APP1, APP2, APP13, APP14, COM = 0xE0, 0xE1, 0xE2, 0xED, 0xEE, 0xFE
_JPG, _TEM, _RST0, _RST7 = 0xC8, 0x01, 0xD0, 0xD7
SOF = frozenset(range(0xC0, 0xD0)) - {DHT, DAC, _JPG}
PROGRESSIVE_SOF = frozenset((0xC2, 0xC6, 0xCA, 0xCE))
_STANDALONE = frozenset((_TEM, SOI, *range(_RST0, _RST7 + 1)))  # markers without a length
_BETWEEN_SCANS = frozenset((DHT, DAC, DQT, DNL, DRI, *range(APP0, 0xF0), COM))  # B.2.4

SOI_BYTES = bytes((0xFF, SOI))
EOI_BYTES = bytes((0xFF, EOI))
SEGMENT_HEADER = 4  # bytes: the marker and the length

_MAX_BETWEEN_SCANS = 1_000  # segments between two scans; encoders write a few tables
_MARKER = re.compile(rb"\xff[^\x00\xff]")
# Entropy-coded data holds stuffed zero bytes and RST markers (B.1.1.5). Decoders skip the codes
# 01 to BF, which only a damaged file has there.
_SCAN_END = re.compile(rb"\xff[\xc0-\xcf\xd8-\xfe]")


@dataclass(frozen=True, slots=True)
class Segment:
    """A marker with its parameters. SOS includes its entropy-coded data."""

    marker: int
    body: bytes | memoryview  # with the marker and the length

    @property
    def payload(self) -> bytes:
        """Return the bytes after the length."""
        return bytes(self.body[SEGMENT_HEADER:])


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """The segments of the first image of a file, and the bytes after it."""

    segments: list[Segment]
    trailer: bytes  # the bytes after the EOI marker
    may_be_cut_off: bool  # the EOI marker is missing, or stands in the middle of a scan


def parse(data: Data) -> ParsedFile:
    """Split the file into segments.

    Raises:
        UnreadableImage: A segment is cut off, or a scan ends at a marker that is none.
    """
    segments: list[Segment] = []
    view = memoryview(data)  # scans are most of the file and are not copied
    position = len(SOI_BYTES)
    while match := _MARKER.search(data, position):
        start, position = match.span()
        marker = match[0][1]
        if marker == EOI:
            trailer = data[position:]
            return ParsedFile(segments, trailer, may_be_cut_off=_continues_scan(trailer))
        if marker in _STANDALONE:
            continue
        position = _find_segment_end(data, marker, position)
        if position > len(data) or len(segments) == MAX_PARTS:
            raise UnreadableImage(DAMAGED)
        body = view[start:position] if marker == SOS else data[start:position]
        segments.append(Segment(marker, body))
    return ParsedFile(segments, b"", may_be_cut_off=True)


def _find_segment_end(data: Data, marker: int, position: int) -> int:
    """Return the offset after a segment whose length field is at `position`."""
    (length,) = struct.unpack_from(">H", data, position)
    end = position + int(length)
    return _find_scan_end(data, end) if marker == SOS else end


def _find_scan_end(data: Data, start: int) -> int:
    """Return the offset of the marker after the entropy-coded data at `start`.

    libjpeg stops at such a marker, even if a damaged byte made it. The rest of the scan would then
    be taken for segments and removed, so the marker has to lead to the next scan or to EOI.
    """
    match = _SCAN_END.search(data, start)
    if match is None:
        return len(data)
    if not _leads_to_scan_or_end(data, match.start()):
        raise UnreadableImage(DAMAGED)
    return match.start()


def _leads_to_scan_or_end(data: Data, start: int) -> bool:
    """Return whether whole segments from `start` on are followed by SOS or EOI."""
    for _ in range(_MAX_BETWEEN_SCANS):
        while data[start + 1 : start + 2] == b"\xff":  # fill bytes (B.1.1.2)
            start += 1
        marker_bytes = data[start : start + 2]
        if len(marker_bytes) < 2 or marker_bytes[0] != 0xFF:
            return False
        marker = marker_bytes[1]
        if marker in (EOI, SOS):
            return True
        if marker not in _BETWEEN_SCANS or start + SEGMENT_HEADER > len(data):
            return False
        (length,) = struct.unpack_from(">H", data, start + 2)
        start += 2 + int(length)
    return False


def _continues_scan(trailer: bytes) -> bool:
    """Return whether the bytes after EOI look like entropy-coded data and further scans.

    They do if a damaged byte made the EOI marker. Second images start with SOI, and the trailers of
    phones hold other bytes.
    """
    match = _SCAN_END.search(trailer)
    if match is None:
        return b"\xff" in trailer
    return _leads_to_scan_or_end(trailer, match.start())
