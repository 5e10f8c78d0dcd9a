"""The answer of a worker process: a header in JSON, then the renditions. The original is a file.

An attacker who exploits a codec can write any answer, so the server trusts it as little as an
upload. It checks the size before it reads, and the type and range of every field.
"""

import json
import os
import struct
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import IO, Any

from app.domain.errors import ImageTooLarge, InvalidUpload, UnreadableImage
from app.domain.image.credited_file import CreditedFile
from app.domain.image.processed_image import Body, ProcessedImage, size_of
from app.domain.messages import Message, is_known
from app.imaging import resize
from app.imaging.workers import answer_fields
from app.imaging.workers.answer_fields import Fields, InvalidAnswer
from app.imaging.workers.files import WorkerFiles, open_again

_HEADER_LENGTH = struct.Struct("!I")
_MAX_HEADER = 128 * 1024  # bytes; a long description of emojis has half of that
_MAX_FAILURE = 8 * 1024  # characters
_MAX_ERRNO = 4095  # of Linux
# Bytes beyond those of the upload: a TIFF of 46 megapixels that is written again has 138 million,
# and its renditions at most half of that.
_MAX_ADDED = 256 * 2**20
_REFUSALS: dict[str, type[InvalidUpload]] = {
    "unreadable": UnreadableImage,
    "too large": ImageTooLarge,
}


class ProcessingFailed(Exception):
    """Processing raised an error that is not the photo's fault; its traceback is the text."""


def max_size(files: WorkerFiles) -> int:
    """Return the most bytes of the answer, and of the original."""
    return size_of(files.upload) + _MAX_ADDED


def write_image(files: WorkerFiles, image: ProcessedImage) -> None:
    """Write a processed image as the answer. Raises OSError if the answer does not fit."""
    _write_original(files, image.original)
    bodies = [rendition.body for rendition in image.renditions]
    fields = answer_fields.image_to_fields(image)
    header = {"image": fields, "lengths": [len(body) for body in bodies]}
    _write(files, header | {"resizer_failure": resize.first_failure()}, bodies)


def write_credited(files: WorkerFiles, credited: CreditedFile) -> None:
    """Write a file with another credit as the answer. Raises OSError if it does not fit."""
    _write_original(files, credited.body)
    _write(files, {"credited": {"states_credit": credited.states_credit}})


def write_no_image(files: WorkerFiles) -> None:
    """Write the answer of a function that only checks its file and refuses nothing."""
    _write(files, {"checked": True})


def write_os_error(files: WorkerFiles, error: OSError) -> None:
    """Write an error of the operating system as the answer, in place of one that did not fit."""
    files.answer.seek(0)
    _write(files, {"errno": error.errno})


def write_refusal(files: WorkerFiles, error: UnreadableImage | ImageTooLarge) -> None:
    """Write an error that is the file's fault as the answer."""
    kind = "too large" if isinstance(error, ImageTooLarge) else "unreadable"
    text = error.message if isinstance(error.message, Message) else Message(error.message)
    _write(files, {"refusal": kind, "message": asdict(text)})


def write_failure(files: WorkerFiles, trace: str) -> None:
    """Write the traceback of an error that is not the file's fault as the answer."""
    _write(files, {"failure": trace[-_MAX_FAILURE:]})


def read(files: WorkerFiles, max_pixels: int) -> ProcessedImage | CreditedFile | None:
    """Return the image or the file of the answer, if it has one, or raise its error.

    Args:
        files: The files that the worker got. The image has its own object for the original.
        max_pixels: The pixels that an image may have.

    Raises:
        UnreadableImage, ImageTooLarge: The file is refused.
        OSError: The original could not be written.
        ProcessingFailed: Processing raised another error.
        InvalidAnswer: The answer is not one that this module writes.
    """
    size = size_of(files.answer)
    if max(size, size_of(files.original)) > max_size(files):
        raise InvalidAnswer("an answer that is too large")
    header = _read_header(files.answer)
    _raise_error(header)
    if header.has("checked"):
        return None
    if header.has("credited"):
        states_credit = header.fields("credited").flag("states_credit")
        return CreditedFile(open_again(files.original), states_credit)
    _log_resizer_failure(header)
    remaining = size - files.answer.tell()
    bodies = _read_bodies(files.answer, header.integers("lengths", remaining), remaining)
    image = answer_fields.image_from_fields(
        header.fields("image"), files.original, bodies, max_pixels
    )
    return replace(image, original=open_again(files.original))


def _raise_error(header: Fields) -> None:
    """Raise the error of the answer, if it has one."""
    if header.has("failure"):
        raise ProcessingFailed(_quote(header.lines("failure", _MAX_FAILURE)))
    if header.has("refusal"):
        raise _read_refusal(header)
    if header.has("errno"):
        number = header.integer("errno", 1, _MAX_ERRNO)
        raise OSError(number, os.strerror(number))


def _log_resizer_failure(header: Fields) -> None:
    cause = header.optional_name("resizer_failure")
    if cause is not None:
        resize.log_failure(f"in an image worker: {cause}")


def _write_original(files: WorkerFiles, body: Body) -> None:
    if isinstance(body, bytes):
        _write_all(files.original, body)


def _write(
    files: WorkerFiles, header: Mapping[str, Any], bodies: list[bytes] | None = None
) -> None:
    encoded = json.dumps(header).encode("ascii")
    for part in (_HEADER_LENGTH.pack(len(encoded)), encoded, *(bodies or ())):
        _write_all(files.answer, part)


def _write_all(file: IO[bytes], data: bytes) -> None:
    """Write bytes to a file without a buffer, which may take a part of them at a time."""
    remaining = memoryview(data)
    while remaining:
        remaining = remaining[file.write(remaining) :]
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
    # A text of Shoebox may have no-break spaces, which are not printable.
    singular, plural = fields.lines("singular", 500), fields.optional_lines("plural", 500)
    text = Message(singular, plural, fields.fields("values").message_values())
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
