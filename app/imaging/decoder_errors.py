"""Translate the errors of image decoders and encoders."""

import mmap
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from app.domain.errors import UnreadableImage
from app.domain.messages import message

DAMAGED = message("This file is damaged or incomplete. Try again from the original.")

# Pillow's plugins and libheif raise these for damaged files, and for fields of a wrong type.
_DECODER_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    ArithmeticError,
    RuntimeError,
    TypeError,
    AttributeError,
    AssertionError,
    struct.error,
    zlib.error,
)


# Bytes. The AVIF of 960 x 2604 pixels, one of the largest, fails with less than 83 MiB: measured.
_ENCODER_MEMORY = 96 * 2**20


@contextmanager
def translate_decoder_errors() -> Iterator[None]:
    """Raise UnreadableImage for an error of a decoder. The block must only call decoders."""
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    except _DECODER_ERRORS as error:
        raise UnreadableImage(DAMAGED) from error


@contextmanager
def translate_encoder_errors() -> Iterator[None]:
    """Raise MemoryError for an error of an encoder if little memory is left.

    libaom names no cause: "Encoding of color planes failed".
    """
    try:
        yield
    except RuntimeError as error:
        if has_memory(_ENCODER_MEMORY):
            raise
        raise MemoryError(str(error)) from error


def has_memory(size: int) -> bool:
    """Return whether this process may have `size` more bytes."""
    try:
        mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()
    except OSError:
        return False
    return True
