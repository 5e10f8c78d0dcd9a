"""Split a JPEG file into its segments (ITU-T T.81 Annex B)."""

import re
import struct
from dataclasses import dataclass

from app.domain.errors import UnreadableImage
from app.imaging.decoder_errors import DAMAGED
from app.imaging.metadata.result import MAX_PARTS, Data

# Marker codes, table B.1.
SOI, EOI, SOS = 0xD8, 0xD9, 0xDA
DHT, DAC, DQT, DRI = 0xC4, 0xCC, 0xDB, 0xDD
_DNL = 0xDC  # the height of an image whose SOF lacks it, which libjpeg does not decode
APP0, APP1, APP2, APP13, APP14, COM = 0xE0, 0xE1, 0xE2, 0xED, 0xEE, 0xFE
_JPG, _TEM, _RST0, _RST7 = 0xC8, 0x01, 0xD0, 0xD7
SOF = frozenset(range(0xC0, 0xD0)) - {DHT, DAC, _JPG}
PROGRESSIVE_SOF = frozenset((0xC2, 0xC6, 0xCA, 0xCE))
_STANDALONE = frozenset((_TEM, SOI, *range(_RST0, _RST7 + 1)))  # markers without a length
_BETWEEN_SCANS = frozenset((DHT, DAC, DQT, _DNL, DRI, *range(APP0, 0xF0), COM))  # B.2.4

SOI_BYTES = bytes((0xFF, SOI))
EOI_BYTES = bytes((0xFF, EOI))
SEGMENT_HEADER = 4  # bytes: the marker and the length

# Bytes of the fields at the start of a segment: B.2.2 to B.2.4.
SOF_FIELDS, SOF_COMPONENT = 6, 3
_SOS_FIELDS, SOS_COMPONENT = 4, 2
_DRI_FIELDS = 2
_CONDITIONING_LENGTH = 2  # of one entry of DAC
_CODE_LENGTHS = 16  # of a Huffman table

_MAX_BETWEEN_SCANS = 1_000  # segments between two scans; encoders write a few tables
_RESTART = re.compile(rb"\xff([\xd0-\xd7])")
_MARKER = re.compile(rb"\xff[^\x00\xff]")
# Entropy-coded data holds stuffed zero bytes and RST markers (B.1.1.5). Only a damaged file has the
# codes 01 to BF there. Decoders skip what follows them up to the next marker.
_SCAN_END = re.compile(rb"\xff[\xc0-\xcf\xd8-\xfe]")
_SCAN_END_OR_SKIPPED = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_SKIPPED = re.compile(rb"(\xff[\x01-\xbf])((?:[^\xff]++|\xff++[\x00-\xbf])++)")
_FIRST_END_CODE = 0xC0


@dataclass(frozen=True, slots=True)
class Segment:
    """A marker with its parameters. SOS includes its entropy-coded data."""

    marker: int
    body: bytes | memoryview  # with the marker and the length
    has_skipped_bytes: bool = False  # a scan with bytes that decoders skip

    @property
    def payload(self) -> bytes:
        """Return the bytes after the length, without a scan."""
        return bytes(self.body[SEGMENT_HEADER : SEGMENT_HEADER + self.payload_length])

    @property
    def payload_length(self) -> int:
        """Return the length of the payload in bytes."""
        return int.from_bytes(self.body[2:SEGMENT_HEADER]) - 2


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """The segments of the first image of a file, and the bytes after it."""

    segments: list[Segment]
    trailer: bytes  # the bytes after the EOI marker
    may_be_cut_off: bool  # the EOI marker is missing, or stands in the middle of a scan


def parse(data: Data) -> ParsedFile:
    """Split the file into segments.

    Raises:
        UnreadableImage: A segment is cut off, or a scan ends at a false marker.
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
        (length,) = struct.unpack_from(">H", data, position)
        position += int(length)
        has_skipped_bytes = False
        if marker == SOS:
            position, has_skipped_bytes = _find_scan_end(data, position)
        if position > len(data) or len(segments) == MAX_PARTS:
            raise UnreadableImage(DAMAGED)
        body = view[start:position] if marker == SOS else data[start:position]
        segments.append(Segment(marker, body, has_skipped_bytes))
    return ParsedFile(segments, b"", may_be_cut_off=True)


def find_next_restart_marker(data: bytes) -> bytes:
    """Return the marker that would follow the last interval of the last scan (T.81, B.2.1)."""
    scan = data[data.rfind(bytes((0xFF, SOS))) :]
    restart_codes = _RESTART.findall(scan)
    following = (restart_codes[-1][0] + 1 - _RST0) % 8 if restart_codes else 0
    return bytes((0xFF, _RST0 + following))


def find_fields_length(marker: int, payload: bytes) -> int:
    """Return the length of the fields of a segment that decoding needs. Bytes may follow them."""
    if marker in SOF:
        return SOF_FIELDS + SOF_COMPONENT * payload[SOF_FIELDS - 1]
    if marker == SOS:
        return _SOS_FIELDS + SOS_COMPONENT * payload[0]
    if marker == DRI:
        return _DRI_FIELDS
    length = 0
    while table := _find_table_length(marker, payload[length:]):
        length += table
    return length


def _find_table_length(marker: int, payload: bytes) -> int:
    """Return the bytes of the first table of a DHT, DQT or DAC segment; 0 if there is none."""
    if not payload:
        return 0
    table_class, destination = payload[0] >> 4, payload[0] & 15
    most_destinations = 15 if marker == DAC and table_class else 3
    if table_class > 1 or destination > most_destinations:
        return 0
    if marker == DHT:
        code_counts = payload[1 : 1 + _CODE_LENGTHS]
        length = 1 + _CODE_LENGTHS + sum(code_counts)
    elif marker == DQT:
        length = 1 + 64 * (1 + table_class)
    else:
        length = _CONDITIONING_LENGTH
    return length if length <= len(payload) else 0


def clear_skipped_bytes(scan: bytes) -> bytes:
    """Return entropy-coded data with zeros in place of the bytes that decoders skip."""
    return _SKIPPED.sub(lambda match: match[1] + bytes(len(match[2])), scan)


def _find_scan_end(data: Data, start: int) -> tuple[int, bool]:
    """Return where the entropy-coded data at `start` ends, and whether decoders skip some of it.

    libjpeg stops at such a marker, even if a damaged byte made it. The rest of the scan would then
    be taken for segments and removed, so the marker has to lead to the next scan or to EOI.
    """
    match = _SCAN_END_OR_SKIPPED.search(data, start)
    has_skipped_bytes = match is not None and match[0][1] < _FIRST_END_CODE
    if match and has_skipped_bytes:
        match = _SCAN_END.search(data, match.start())
    if match is None:
        return len(data), has_skipped_bytes
    if not _leads_to_scan_or_end(data, match.start()):
        raise UnreadableImage(DAMAGED)
    return match.start(), has_skipped_bytes


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
