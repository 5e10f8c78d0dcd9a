"""One worker process: it waits for one photo, gives up its rights, processes it, and ends."""

import json
import os
import resource
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from typing import BinaryIO, NoReturn

from app.domain.errors import ImageTooLarge, UnreadableImage
from app.domain.image.credit import Credit
from app.domain.image.credited_file import CreditedFile
from app.domain.image.image_options import ImageOptions
from app.domain.image.processed_image import ProcessedImage
from app.domain.messages import message
from app.imaging import sandbox
from app.imaging.credit_writing import write_credit
from app.imaging.pipeline import ImageLimits
from app.imaging.sandbox import libc
from app.imaging.workers import answers
from app.imaging.workers.files import WorkerFiles
from app.imaging.workers.settings import WorkerLimits, WorkerSettings

ProcessImage = Callable[[BinaryIO, ImageLimits, ImageOptions], ProcessedImage | None]

_MAX_REQUEST = 64 * 1024  # bytes; a request has the texts of one form
_END = b"\n"
TOO_COSTLY = message("We couldn’t process this photo. Re-save it, or make it smaller.")

_PHOTOS = 3  # the descriptor of the socket; 0 to 2 are the standard streams
_MAX_DESCRIPTORS = 2**20
_STANDARD_STREAMS = (0, 1, 2)
_FAILED = 1


def run(photos: int, process_image: ProcessImage, settings: WorkerSettings) -> NoReturn:
    """Process the photo that arrives at the socket with the descriptor `photos`, and exit.

    The exit code is 0 if the answer is complete, or if the server closes the socket.
    """
    exit_code = _FAILED
    try:
        _leave_fork_server(photos)
        _process_one(process_image, settings)
        exit_code = 0
    except BaseException:  # noqa: BLE001 - a forked process must not go on as its parent
        traceback.print_exc()
    finally:
        os._exit(exit_code)


def _leave_fork_server(photos: int) -> None:
    """End with the fork server, and keep none of its sockets."""
    if sys.platform == "linux":
        libc.die_with_parent(signal.SIGKILL)
    os.dup2(photos, _PHOTOS)
    os.closerange(_PHOTOS + 1, _MAX_DESCRIPTORS)


def _process_one(process_image: ProcessImage, settings: WorkerSettings) -> None:
    with socket.socket(fileno=_PHOTOS) as photos:
        request, descriptors = _receive(photos)
    if not request:
        return
    upload, answer, original = descriptors
    with (
        os.fdopen(upload, "rb") as upload_file,
        # Without buffers, whose bytes would be written again on closing if the disk is full.
        os.fdopen(answer, "r+b", buffering=0) as answer_file,
        os.fdopen(original, "r+b", buffering=0) as original_file,
    ):
        files = WorkerFiles(upload_file, answer_file, original_file)
        _give_up_rights(settings.worker_limits, answers.max_size(files))
        options = ImageOptions.from_dict(json.loads(request))
        _answer(process_image, files, settings.image_limits, options)


def request_for(options: ImageOptions) -> bytes:
    """Return the request that a worker receives together with the descriptors of its files."""
    return json.dumps(options.to_dict()).encode("ascii") + _END


def _receive(photos: socket.socket) -> tuple[bytes, list[int]]:
    """Return a request and its descriptors; nothing if the server has closed the socket."""
    request, descriptors, _flags, _address = socket.recv_fds(photos, _MAX_REQUEST, 3)
    while request and not request.endswith(_END):
        part = photos.recv(_MAX_REQUEST)
        request = request + part if part else b""
    return request, descriptors


def _give_up_rights(limits: WorkerLimits, max_file_size: int) -> None:
    """Write no core dump, which would hold a visitor's photo, and nothing to the server's log."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (max_file_size, max_file_size))
    # After the soft limit the process gets SIGXCPU, which it could ignore, then SIGKILL.
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    null = os.open(os.devnull, os.O_RDWR)
    for stream in _STANDARD_STREAMS:
        os.dup2(null, stream)
    os.close(null)
    sandbox.enter()


def _answer(
    process_image: ProcessImage, files: WorkerFiles, limits: ImageLimits, options: ImageOptions
) -> None:
    result: ProcessedImage | CreditedFile | None
    try:
        if options.only_credit:
            result = write_credit(files.upload, limits, options.credit.record or Credit())
        else:
            result = process_image(files.upload, limits, options)
    except (UnreadableImage, ImageTooLarge) as refusal:
        answers.write_refusal(files, refusal)
    except MemoryError:
        answers.write_refusal(files, ImageTooLarge(TOO_COSTLY))
    except Exception:  # noqa: BLE001 - the server logs it
        answers.write_failure(files, traceback.format_exc())
    else:
        _write_result(files, result)


def _write_result(files: WorkerFiles, result: ProcessedImage | CreditedFile | None) -> None:
    if result is None:
        answers.write_no_image(files)
        return
    try:
        if isinstance(result, CreditedFile):
            answers.write_credited(files, result)
        else:
            answers.write_image(files, result)
    except OSError as error:  # the disk is full
        answers.write_os_error(files, error)
