"""Read the datasets of IPTC IIM 4.2."""

import re
import struct
from collections import defaultdict
from collections.abc import Iterator, Mapping

# A Photoshop resource with datasets, the dataset 1:90 with its length, or the dataset 2:00, which
# is the first one of the application record.
_START = re.compile(rb"(8BIM\x04\x04)|\x1c\x01\x5a\0\x03|\x1c\x02\0\0\x02")
_MAX_STARTS = 8
_MARKER = 0x1C
_HEADER = struct.Struct(">BBBH")  # the marker, the record, the dataset and the length (1.5.1)
_EXTENDED = 0x8000  # bit of the length; such datasets hold images (1.5.2)
_APPLICATION_RECORD = 2
_MAX_DATASETS = 1_000


def read_datasets(metadata: bytes) -> Mapping[int, tuple[str, ...]]:
    """Return the texts in the application record of the first IPTC block, by their datasets."""
    for _, match in zip(range(_MAX_STARTS), _START.finditer(metadata), strict=False):
        start = _resource_data(metadata, match.start()) if match[1] else match.start()
        found: defaultdict[int, tuple[str, ...]] = defaultdict(tuple)
        for dataset, value in _parse(metadata, start):
            found[dataset] += (_decode(value),)
        if found:
            return found
    return {}


def _resource_data(metadata: bytes, start: int) -> int:
    """Return the offset of the data of the Photoshop resource at `start`.

    Its name has an even length together with the byte for the length.
    """
    name_length = start + 6
    length = metadata[name_length] if name_length < len(metadata) else 0
    size_length = 4
    return name_length + (length | 1) + 1 + size_length


def _parse(metadata: bytes, position: int) -> Iterator[tuple[int, bytes]]:
    for _ in range(_MAX_DATASETS):
        if position + _HEADER.size > len(metadata) or metadata[position] != _MARKER:
            return
        _marker, record, dataset, length = _HEADER.unpack_from(metadata, position)
        if length & _EXTENDED:
            return
        position += _HEADER.size
        if record == _APPLICATION_RECORD:
            yield dataset, metadata[position : position + length]
        position += length


def _decode(value: bytes) -> str:
    """Return the text. Few programs name the encoding; Latin-1 is hardly ever valid as UTF-8."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
