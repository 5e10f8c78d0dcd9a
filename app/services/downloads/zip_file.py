"""Generate a ZIP file while it is sent, from any byte.

zipfile and zipstream-ng write a ZIP file from its start. Here, the position of every byte is known
in advance. So a download can be resumed without reading the part that was already sent.
"""

import hashlib
import zlib
from bisect import bisect_right
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from app.services.downloads.zip_format import (
    EntryFacts,
    central_header,
    end_of_directory,
    local_header,
)

BLOCK_BYTES = 65_536  # of one read

Opener = Callable[[int], BinaryIO]  # opens content at a position, which is before its end


class ContentChanged(Exception):
    """The content of a file does not match its record."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in a ZIP file.

    Attributes:
        facts: Its name, size, checksum and modification time.
        identity: Bytes for the entity tag that change when the content changes.
        open: Opens the content.
    """

    facts: EntryFacts
    identity: bytes
    open: Opener


def entry_of(facts: EntryFacts, body: bytes) -> Entry:
    """Return the entry of a file in memory."""
    return Entry(facts, body, lambda start: BytesIO(body[start:]))


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a ZIP file: a header or directory, or the content of a file with its checksum."""

    start: int
    size: int
    open: Opener
    name: str = ""
    crc32: int | None = None

    def read(self, first: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes from position `first` of the piece to position `stop`.

        If the whole piece is read and its checksum is wrong, the last block is not yielded. Raises
        ContentChanged.
        """
        remaining, checksum = stop - first, 0
        is_whole = remaining == self.size and self.crc32 is not None
        with closing(self.open(first)) as content:
            while remaining:
                block = content.read(min(BLOCK_BYTES, remaining))
                remaining -= len(block)
                checksum = zlib.crc32(block, checksum) if is_whole else 0
                is_wrong = is_whole and not remaining and checksum != self.crc32
                if not block or is_wrong:
                    raise ContentChanged(self.name)
                yield block


class ZipFile:
    """Knows the position of every byte.

    Attributes:
        size: The size in bytes.
        digest: A hash of everything that determines the bytes.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.size = 0
        self._pieces: list[_Piece] = []
        directory: list[bytes] = []
        identity = hashlib.sha256()
        for entry in entries:
            directory.append(central_header(entry.facts, self.size))
            identity.update(entry.identity)
            self._add_structure(local_header(entry.facts))
            facts = entry.facts
            self._add(_Piece(self.size, facts.size, entry.open, facts.name, facts.crc32))
        joined = b"".join(directory)
        identity.update(joined)
        end = end_of_directory(len(entries), len(joined), self.size)
        self._add_structure(joined + end)
        self._starts = [piece.start for piece in self._pieces]
        self.digest = identity.hexdigest()

    def read(self, start: int, stop: int) -> Generator[bytes, None, None]:
        """Yield the bytes from `start` to `stop`, and open only the files that have them.

        Raises:
            ContentChanged: The content of a file does not match its record.
            ObjectNotFound, StorageError: An opener raised this error.
        """
        first = bisect_right(self._starts, start) - 1
        for piece in self._pieces[first:]:
            if piece.start >= stop:
                return
            from_position = max(start - piece.start, 0)
            to_position = min(stop - piece.start, piece.size)
            if from_position < to_position:
                yield from piece.read(from_position, to_position)

    def _add_structure(self, body: bytes) -> None:
        self._add(_Piece(self.size, len(body), lambda start: BytesIO(body[start:])))

    def _add(self, piece: _Piece) -> None:
        self._pieces.append(piece)
        self.size += piece.size
