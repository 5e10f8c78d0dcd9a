"""A `process_image` that an attacker has replaced: it runs the attack that the file names."""

import ctypes
import fcntl
import json
import os
import resource
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from app.domain.image.image_options import ImageOptions
from app.domain.image.processed_image import ProcessedImage
from app.imaging.pipeline import ImageLimits

NAME = f"{__name__}:process_image"
SUCCESS = "the attack succeeded: "
_libc = ctypes.CDLL(None, use_errno=True)


def process_image(file: BinaryIO, limits: ImageLimits, options: ImageOptions) -> ProcessedImage:
    """Run an attack. Its error says whether the attack succeeded."""
    attack, *arguments = json.loads(file.read())
    result = ATTACKS[attack](*arguments)
    raise RuntimeError(SUCCESS + json.dumps(result))


def environment() -> dict[str, str]:
    return dict(os.environ)


def read_file(path: str) -> int:
    return len(Path(path).read_bytes())


def write_file(path: str) -> int:
    return Path(path).write_bytes(b"changed")


def list_folder(path: str) -> list[str]:
    return [child.name for child in Path(path).iterdir()]


def stat_file(path: str) -> int:
    return Path(path).stat().st_size


def connect(port: int) -> None:
    socket.create_connection(("127.0.0.1", port), 2)


def send_datagram(port: int) -> None:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", port))


def connect_to_unix_socket(name: str) -> None:
    socket.socket(socket.AF_UNIX).connect(f"\0{name}")


def read_memory(pid: int) -> None:
    """Read a byte of another process by process_vm_readv(2), at an address that exists there."""
    buffer = ctypes.create_string_buffer(1)
    vector = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 1)
    if _libc.process_vm_readv(pid, vector, 1, vector, 1, 0) == -1 and ctypes.get_errno() != 14:
        raise OSError(ctypes.get_errno(), "process_vm_readv")


def trace(pid: int) -> None:
    """Attach to another process by PTRACE_SEIZE."""
    if _libc.ptrace(0x4206, pid, None, None) == -1:
        raise OSError(ctypes.get_errno(), "ptrace")


def send_signal(pid: int) -> None:
    os.kill(pid, 0)


def fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def run_program() -> None:
    os.posix_spawn("/bin/true", ["true"], {})


def raise_limits() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (1000, 1000))


def own_signals(pid: int) -> None:
    """Let the kernel send signals about a file to another process."""
    fcntl.fcntl(0, fcntl.F_SETOWN, pid)


def open_descriptors() -> list[int]:
    return [number for number in range(256) if _is_open(number)]


def write_to_upload() -> None:
    """Write to the upload, whose descriptor follows those of the standard streams."""
    os.write(open_descriptors()[3], b"x")


def forge_answer(encoded: str, offset: int = 0) -> None:
    """Write any bytes as the answer, and end as if all was well."""
    for number in open_descriptors()[3:]:
        os.lseek(number, offset, os.SEEK_SET)
        _write(number, bytes.fromhex(encoded))
    os._exit(0)


def _is_open(number: int) -> bool:
    try:
        os.lseek(number, 0, os.SEEK_CUR)
    except OSError as error:
        return error.errno != 9  # EBADF
    return True


def _write(number: int, data: bytes) -> bool:
    try:
        os.write(number, data)
    except OSError:
        return False
    return True


_functions: tuple[Callable[..., Any], ...] = (
    environment,
    read_file,
    write_file,
    list_folder,
    stat_file,
    connect,
    send_datagram,
    connect_to_unix_socket,
    read_memory,
    trace,
    send_signal,
    fork,
    run_program,
    raise_limits,
    own_signals,
    open_descriptors,
    write_to_upload,
    forge_answer,
)
ATTACKS = {function.__name__: function for function in _functions}
