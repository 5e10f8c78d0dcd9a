"""Check a chunked body line by line (RFC 9112, section 7.1).

waitress parses the chunks, but accepts blank lines before the size of a chunk, and bounds neither
the number of chunks nor the length of their lines.
"""

from waitress.receiver import ChunkedReceiver

from app.http_server.body_buffer import BodyBuffer

_PART_BYTES = 2_048  # that waitress parses before they are checked
_MAX_LINE = 1_000  # bytes of a chunk's size with its extensions, and of trailers
_FREE_PIECES = 100  # pieces of any size
_MIN_PIECE = 100  # bytes of all others on average
_NEWLINE = b"\r\n"


def next_part(receiver: ChunkedReceiver, data: bytes) -> bytes:
    """Return the beginning of `data`: at most one line, or the data of one chunk."""
    part = data[:_PART_BYTES]
    if receiver.chunk_remainder:
        return part[: receiver.chunk_remainder]
    if receiver.validate_chunk_end:
        return part[: len(_NEWLINE) - len(receiver.chunk_end)]
    line, newline, _rest = part.partition(_NEWLINE)
    return line + newline


def is_blank_line(receiver: ChunkedReceiver, part: bytes) -> bool:
    """Return whether `part` completes a blank line where the size of a chunk is expected."""
    in_chunk = receiver.chunk_remainder or receiver.validate_chunk_end
    if in_chunk or receiver.all_chunks_received:
        return False
    line: bytes = receiver.control_line + part
    return line.startswith(_NEWLINE)


def are_unusual(receiver: ChunkedReceiver, body: BodyBuffer) -> bool:
    """Return whether the chunks are too small, or their lines too long, to be parsed quickly."""
    are_small = body.pieces > _FREE_PIECES + len(body) / _MIN_PIECE
    unparsed = len(receiver.control_line) + len(receiver.trailer)
    return are_small or unparsed > _MAX_LINE
