"""The answer of a worker process: a header in JSON, then the bytes of the images.

An attacker who exploits a codec can write any answer, so the server trusts it as little as an
upload.
It checks the size before it reads, and the type and range of every field.
"""

import json
import os
import struct
from collections.abc import Mapping
from dataclasses import asdict
from typing import IO, Any, BinaryIO

from app.domain.errors import ImageTooLarge, InvalidUpload, UnreadableImage
from app.domain.messages import Message, is_known
from app.domain.processed_image import ProcessedImage
from app.imaging.workers import answer_fields
from app.imaging.workers.answer_fields import Fields, InvalidAnswer

_HEADER_LENGTH = struct.Struct("!I")
_MAX_HEADER = 64 * 1024  # bytes; the header of a photo has less than 1 000
_MAX_FAILURE = 8 * 1024  # characters
# Bytes of an answer beyond those of the upload: a TIFF of 46 megapixels that is written again has
# 138 million, and its renditions at most half of that.
_MAX_ADDED = 256 * 2**20
_REFUSALS: dict[str, type[InvalidUpload]] = {
    "unreadable": UnreadableImage,
    "too large": ImageTooLarge,
}


class ProcessingFailed(Exception):
    """Processing raised an error that is not the photo's fault; its traceback is the text."""


def write_image(file: BinaryIO, image: ProcessedImage) -> None:
    """Write a processed image as the answer."""
    bodies = [image.original, *(rendition.body for rendition in image.renditions)]
    fields = answer_fields.image_to_fields(image)
    _write(file, {"image": fields, "lengths": [len(body) for body in bodies]}, bodies)


def write_no_image(file: BinaryIO) -> None:
    """Write the answer of a function that only checks its file and refuses nothing."""
    _write(file, {"checked": True})


def write_refusal(file: BinaryIO, error: UnreadableImage | ImageTooLarge) -> None:
    """Write an error that is the file's fault as the answer."""
    kind = "too large" if isinstance(error, ImageTooLarge) else "unreadable"
    text = error.message if isinstance(error.message, Message) else Message(error.message)
    _write(file, {"refusal": kind, "message": asdict(text)})


def write_failure(file: BinaryIO, trace: str) -> None:
    """Write the traceback of an error that is not the file's fault as the answer."""
    _write(file, {"failure": trace[-_MAX_FAILURE:]})


def read(file: IO[bytes], upload_size: int, max_pixels: int) -> ProcessedImage | None:
    """Return the image of the answer, if it has one, or raise its error.

    Args:
        file: The answer, from its start.
        upload_size: Bytes of the upload, which bound those of the answer.
        max_pixels: The pixels that an image may have.

    Raises:
        UnreadableImage, ImageTooLarge: The file is refused.
        ProcessingFailed: Processing raised another error.
        InvalidAnswer: The answer is not one that this module writes.
    """
    size = file.seek(0, os.SEEK_END)
    if size > upload_size + _MAX_ADDED:
        raise InvalidAnswer(f"an answer of {size} bytes")
    file.seek(0)
    header = _read_header(file)
    if header.has("failure"):
        raise ProcessingFailed(_quote(header.text("failure", _MAX_FAILURE)))
    if header.has("refusal"):
        raise _read_refusal(header)
    if header.has("checked"):
        return None
    remaining = size - file.tell()
    bodies = _read_bodies(file, header.integers("lengths", remaining), remaining)
    return answer_fields.image_from_fields(header.fields("image"), bodies, max_pixels)


def _write(file: BinaryIO, header: Mapping[str, Any], bodies: list[bytes] | None = None) -> None:
    encoded = json.dumps(header).encode("ascii")
    file.write(_HEADER_LENGTH.pack(len(encoded)))
    file.write(encoded)
    file.writelines(bodies or ())
    file.flush()


def _read_header(file: IO[bytes]) -> Fields:
    (length,) = _HEADER_LENGTH.unpack(_read_exactly(file, _HEADER_LENGTH.size))
    if length > _MAX_HEADER:
        raise InvalidAnswer(f"a header of {length} bytes")
    try:
        return Fields(json.loads(_read_exactly(file, length)))
    except (ValueError, RecursionError) as error:
        raise InvalidAnswer("a header that is not JSON") from error


def _read_bodies(file: IO[bytes], lengths: list[int], remaining: int) -> list[bytes]:
    if sum(lengths) != remaining:
        raise InvalidAnswer("lengths that do not add up to the answer's")
    return [_read_exactly(file, length) for length in lengths]


def _read_exactly(file: IO[bytes], length: int) -> bytes:
    data = file.read(length)
    if len(data) != length:
        raise InvalidAnswer("an answer that is cut off")
    return data


def _read_refusal(header: Fields) -> InvalidUpload:
    """Return the error, whose text must be one of Shoebox's: visitors read it."""
    kind = header.text("refusal", 20)
    fields = header.fields("message")
    plural = fields.text("plural", 500) if fields.get("plural") is not None else None
    text = Message(fields.text("singular", 500), plural, fields.fields("values").message_values())
    if kind not in _REFUSALS or not is_known(text):
        raise InvalidAnswer("an unknown refusal")
    try:
        str(text)
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidAnswer("a refusal that lacks a value") from error
    return _REFUSALS[kind](text)


def _quote(trace: str) -> str:
    """Return the lines of a traceback, marked so that none of them looks like one of the log."""
    lines = trace.splitlines()
    printable = ("".join(filter(str.isprintable, line)) for line in lines)
    return "in an image worker:\n" + "\n".join(f"| {line}" for line in printable)
