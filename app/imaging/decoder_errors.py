"""Translate the errors of image decoders."""

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


@contextmanager
def translate_decoder_errors() -> Iterator[None]:
    """Raise UnreadableImage for an error of a decoder. The block calls nothing else."""
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    except _DECODER_ERRORS as error:
        raise UnreadableImage(DAMAGED) from error
