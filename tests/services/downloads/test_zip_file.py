"""ZIP files are made from any byte on, and every program can read them.

Covers app.services.downloads.zip_format.
"""

import zipfile
import zlib
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from io import BytesIO, RawIOBase
from itertools import pairwise
from typing import Any, BinaryIO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.downloads import zip_format
from app.services.downloads.zip_file import BLOCK_BYTES, ContentChanged, Entry, ZipFile, entry_of
from app.services.downloads.zip_format import EntryFacts

NOON = datetime(2026, 8, 15, 12, 30, 58)  # noqa: DTZ001  local time
FILES = {"001 호수.jpg": b"", "002 b.png": b"b" * (BLOCK_BYTES + 1), "README.txt": b"c" * 9}
GB = 10**9


def entry(name: str, body: bytes, moment: datetime = NOON) -> Entry:
    return entry_of(EntryFacts(name, len(body), zlib.crc32(body), moment), body)


def zip_of(files: dict[str, bytes]) -> ZipFile:
    return ZipFile([entry(name, body) for name, body in files.items()])


def read(zip_file: ZipFile, start: int = 0, stop: int | None = None) -> bytes:
    return b"".join(zip_file.read(start, zip_file.size if stop is None else stop))


def test_pythons_zipfile_reads_it() -> None:
    """Names, times and contents are as they were given, and nothing is compressed."""
    body = read(zip_of(FILES))
    with zipfile.ZipFile(BytesIO(body)) as archive:
        assert archive.testzip() is None
        assert {info.filename: archive.read(info) for info in archive.infolist()} == FILES
        for info in archive.infolist():
            assert datetime(*info.date_time) == NOON  # noqa: DTZ001  local time
            assert info.compress_type == zipfile.ZIP_STORED
            assert info.flag_bits & 0x800, "the name is UTF-8"
            assert info.external_attr >> 16 == 0o100644
            assert info.extract_version == 20


@given(data=st.data(), sizes=st.lists(st.integers(0, 3 * BLOCK_BYTES), max_size=4))
def test_any_ranges_join_to_the_same_bytes(data: st.DataObject, sizes: list[int]) -> None:
    files = {f"{number}.jpg": bytes([number]) * size for number, size in enumerate(sizes)}
    zip_file = zip_of(files)
    whole = read(zip_file)
    assert len(whole) == zip_file.size
    cuts = data.draw(st.lists(st.integers(0, zip_file.size), max_size=8).map(sorted))
    edges = [0, *cuts, zip_file.size]
    pieces = [read(zip_file, start, stop) for start, stop in pairwise(edges)]
    assert b"".join(pieces) == whole
    with zipfile.ZipFile(BytesIO(whole)) as archive:
        assert archive.testzip() is None
        assert len(archive.infolist()) == len(files)


def test_a_range_opens_only_what_it_contains() -> None:
    """The content before is not read, and that of the first file from its position on."""
    opened: list[tuple[str, int]] = []

    def tracked(name: str, body: bytes) -> Entry:
        given_entry = entry(name, body)

        def open_content(start: int) -> BinaryIO:
            opened.append((name, start))
            return given_entry.open(start)

        return Entry(given_entry.facts, body, open_content)

    files = {name: name.upper().encode() * 9_000 for name in "abc"}
    zip_file = ZipFile([tracked(name, body) for name, body in files.items()])
    whole = read(zip_file)
    start = whole.index(files["b"]) + 70
    opened.clear()
    assert read(zip_file, start, start + 10) == whole[start : start + 10]
    assert opened == [("b", 70)]
    opened.clear()
    assert read(zip_file, zip_file.size - 1) == whole[-1:]
    assert opened == []


class Zeros(RawIOBase):
    """Many zeros, in no memory."""

    def __init__(self, size: int) -> None:
        self._remaining = size

    def read(self, size: int = -1) -> bytes:
        count = min(size, self._remaining)
        self._remaining -= count
        return bytes(count)


class Sparse(RawIOBase):
    """A seekable view of a ZIP file, which reads only the requested bytes."""

    def __init__(self, zip_file: ZipFile) -> None:
        self._zip_file = zip_file
        self._position = 0

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = 0) -> int:
        self._position = offset + (0, self._position, self._zip_file.size)[whence]
        return self._position

    def read(self, size: int = -1) -> bytes:
        end = self._zip_file.size
        stop = end if size < 0 else min(self._position + size, end)
        body = read(self._zip_file, self._position, stop)
        self._position = stop
        return body


def zeros(name: str, size: int) -> Entry:
    facts = EntryFacts(name, size, 0x12345678, NOON)
    return Entry(facts, b"", lambda start: cast("BinaryIO", Zeros(size - start)))


@pytest.mark.parametrize(
    "sizes",
    [(3 * GB, 3 * GB, 10), (6 * GB, 10), (2**32 - 1, 10), (2**32 - 2, 10)],
    ids=["offset", "size", "first size of ZIP64", "last size without it"],
)
def test_more_than_four_gigabytes(sizes: Sequence[int]) -> None:
    """The sizes and the positions of all files are found, without reading the content."""
    zip_file = ZipFile([zeros(f"{number}.jpg", size) for number, size in enumerate(sizes)])
    assert zip_file.size > 2**32
    with closing(Sparse(zip_file)) as file, zipfile.ZipFile(cast("Any", file)) as archive:
        assert [info.file_size for info in archive.infolist()] == list(sizes)
        last = archive.infolist()[-1]
        file.seek(last.header_offset)
        assert file.read(4) == b"PK\3\4"
        assert (last.extract_version == 45) == (last.header_offset >= 2**32 - 1)
        with archive.open(archive.infolist()[0]) as first:
            assert first.read(3) == bytes(3)


def test_more_files_than_sixteen_bits_count(*, exhaustive: bool) -> None:
    """With 65,535 files the field has the number that refers to the larger field."""
    for count in (65_534, 65_535, 65_537) if exhaustive else (65_535,):
        zip_file = ZipFile([entry(f"{number}", b"") for number in range(count)])
        with zipfile.ZipFile(BytesIO(read(zip_file))) as archive:
            assert len(archive.infolist()) == count


FIRST = (1980, 1, 1, 0, 0, 0)
DAY = (8, 15, 12, 30, 58)


@pytest.mark.parametrize(
    ("year", "stated"),
    [(1826, FIRST), (1980, (1980, *DAY)), (2107, (2107, *DAY)), (2500, (2107, *DAY))],
)
def test_a_time_before_the_format_is_its_first_one(year: int, stated: tuple[int, ...]) -> None:
    """A year after the format is its last one."""
    moment = NOON.replace(year=year)
    zip_file = ZipFile([entry("a", b"a", moment)])
    with zipfile.ZipFile(BytesIO(read(zip_file))) as archive:
        assert archive.infolist()[0].date_time == stated


@pytest.mark.parametrize("other", [b"other photo", b"short", b""])
def test_other_content_is_not_sent_to_its_end(other: bytes) -> None:
    """A client cannot take it for the photo, since the entry is incomplete."""
    facts = EntryFacts("a", 11, zlib.crc32(b"right photo"), NOON)
    zip_file = ZipFile([Entry(facts, b"", lambda start: BytesIO(other[start:]))])
    blocks = zip_file.read(0, zip_file.size)
    received = b""

    def receive_all() -> None:
        nonlocal received
        for block in blocks:
            received += block

    with pytest.raises(ContentChanged, match="a"):
        receive_all()
    assert len(received) < len(zip_format.local_header(facts)) + facts.size


def test_the_digest_depends_on_everything() -> None:
    """Other names, times, contents, orders and identities give another one; the same the same."""
    digests = [
        zip_of(FILES).digest,
        zip_of({**FILES, "other": b""}).digest,
        zip_of({**FILES, "README.txt": b"d" * 9}).digest,
        zip_of(dict(reversed(FILES.items()))).digest,
        ZipFile([entry(name, body, NOON.replace(hour=1)) for name, body in FILES.items()]).digest,
        ZipFile([Entry(entry("a", b"a").facts, b"x", lambda _: BytesIO())]).digest,
        ZipFile([Entry(entry("a", b"a").facts, b"y", lambda _: BytesIO())]).digest,
    ]
    assert len(set(digests)) == len(digests)
    assert zip_of(FILES).digest == digests[0]
