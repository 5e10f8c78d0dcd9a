"""Build the structures of a ZIP file: PKWARE's .ZIP File Format Specification, version 6.3.10.

https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT. Entries are stored, not compressed, and
their sizes and checksums are known. So the position of every byte is known before the first is
sent.
"""

import struct
from dataclasses import dataclass
from datetime import datetime

_LOCAL_HEADER = struct.Struct("<4s5H3L2H")  # section 4.3.7
_CENTRAL_HEADER = struct.Struct("<4s6H3L5H2L")  # section 4.3.12
_ZIP64_END = struct.Struct("<4sQ2H2L4Q")  # section 4.3.14
_ZIP64_LOCATOR = struct.Struct("<4sLQL")  # section 4.3.15
_END = struct.Struct("<4s4H2LH")  # section 4.3.16
_EXTRA_FIELD = struct.Struct("<2H")  # section 4.5.1: the id and the size of the data
_ZIP64_EXTRA = 1  # section 4.5.3
_VERSION = 20  # section 4.4.3.2: needed to extract a stored file
_VERSION_OF_ZIP64 = 45
_MADE_ON_UNIX = 3 << 8  # section 4.4.2
_UTF8_NAME = 1 << 11  # section 4.4.4, bit 11
_STORED = 0  # section 4.4.5
_REGULAR_FILE = 0o100644 << 16  # section 4.4.15: the file mode of Unix
_MAX_16 = 0xFFFF  # this value and larger ones are in a ZIP64 structure: section 4.4.1.4
_MAX_32 = 0xFFFF_FFFF
_FIRST_YEAR, _LAST_YEAR = 1980, 2107  # section 4.4.6: seven bits


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """The facts about one file in the structures; the size is in bytes."""

    name: str
    size: int
    crc32: int
    modified_at: datetime  # its fields as they are, without a time zone


def local_header(entry: EntryFacts) -> bytes:
    """Return the header that precedes the bytes of a file."""
    large = [entry.size, entry.size] if entry.size >= _MAX_32 else []
    name, extra = entry.name.encode(), _zip64_extra(large)
    size = min(entry.size, _MAX_32)
    time, date = _dos_time(entry.modified_at)
    fields = (_version(extra), _UTF8_NAME, _STORED, time, date, entry.crc32, size, size)
    return _LOCAL_HEADER.pack(b"PK\3\4", *fields, len(name), len(extra)) + name + extra


def central_header(entry: EntryFacts, offset: int) -> bytes:
    """Return the entry of the central directory for a file whose local header is at `offset`."""
    large = [entry.size, entry.size] if entry.size >= _MAX_32 else []
    if offset >= _MAX_32:
        large.append(offset)
    name, extra = entry.name.encode(), _zip64_extra(large)
    size = min(entry.size, _MAX_32)
    time, date = _dos_time(entry.modified_at)
    version = _version(extra)
    facts = (_UTF8_NAME, _STORED, time, date, entry.crc32, size, size, len(name), len(extra))
    no_comment, first_disk, no_attributes = 0, 0, 0
    fields = (_MADE_ON_UNIX | version, version, *facts, no_comment, first_disk, no_attributes)
    header = _CENTRAL_HEADER.pack(b"PK\1\2", *fields, _REGULAR_FILE, min(offset, _MAX_32))
    return header + name + extra


def end_of_directory(entries: int, size: int, offset: int) -> bytes:
    """Return the end of the file.

    Args:
        entries: The number of files.
        size: The size of the central directory.
        offset: The position of the central directory.
    """
    counts = (min(entries, _MAX_16), min(entries, _MAX_16))
    end = _END.pack(b"PK\5\6", 0, 0, *counts, min(size, _MAX_32), min(offset, _MAX_32), 0)
    if entries < _MAX_16 and size < _MAX_32 and offset < _MAX_32:
        return end
    rest = _ZIP64_END.size - 12  # without the signature and this field itself
    versions = (_MADE_ON_UNIX | _VERSION_OF_ZIP64, _VERSION_OF_ZIP64)
    record = _ZIP64_END.pack(b"PK\6\6", rest, *versions, 0, 0, entries, entries, size, offset)
    return record + _ZIP64_LOCATOR.pack(b"PK\6\7", 0, offset + size, 1) + end


def _zip64_extra(large: list[int]) -> bytes:
    """Return an extra field with the values that need 64 bits; empty if there are none."""
    if not large:
        return b""
    data = struct.pack(f"<{len(large)}Q", *large)
    return _EXTRA_FIELD.pack(_ZIP64_EXTRA, len(data)) + data


def _version(extra: bytes) -> int:
    return _VERSION_OF_ZIP64 if extra else _VERSION


def _dos_time(moment: datetime) -> tuple[int, int]:
    """Return the time, in steps of two seconds, and the date: section 4.4.6.

    Times before 1980 become January 1, 1980, the first date of the format.
    """
    if moment.year < _FIRST_YEAR:
        return 0, 1 << 5 | 1
    year = min(moment.year, _LAST_YEAR)
    date = (year - _FIRST_YEAR) << 9 | moment.month << 5 | moment.day
    return moment.hour << 11 | moment.minute << 5 | moment.second // 2, date
