"""Allow only the system calls that decoding needs, with a seccomp filter (seccomp(2)).

The filter is a program of the kernel's packet filter, which sees the number of a system call and
its arguments: linux/seccomp.h, linux/bpf_common.h.
"""

import ctypes
import errno
import platform
import struct

from app.imaging.sandbox import libc
from app.imaging.sandbox.system_calls import ALLOWED, ARCHITECTURES, CLONE, CLONE3, FCNTL

_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2

# The decision about a system call.
_ALLOW = 0x7FFF0000
_FAIL = 0x00050000  # and the error number

# Instructions: code, and how many instructions to skip if a comparison is true or false.
_LOAD = 0x20  # the 32 bits at an offset of the system call's data
_JUMP_IF_EQUAL = 0x15
_JUMP_IF_SET = 0x45  # any bit
_RETURN = 0x06
_INSTRUCTION = struct.Struct("=HBBI")

# Offsets in the system call's data: struct seccomp_data. Both architectures are little-endian.
_NUMBER = 0
_ARCHITECTURE = 4
_ARGUMENTS = 16  # 8 bytes each

_CLONE_THREAD = 0x00010000  # linux/sched.h
_F_DUPFD_CLOEXEC = 1030  # linux/fcntl.h


def allow_decoding_only() -> None:
    """Let all system calls fail except those that decoders and Python need without opening files.

    Raises:
        OSError: The kernel has no seccomp filters, or the architecture is unknown.
    """
    program = build_program(platform.machine())
    instructions = ctypes.create_string_buffer(program)
    count = len(program) // _INSTRUCTION.size
    filter_program = ctypes.create_string_buffer(
        struct.pack("@HP", count, ctypes.addressof(instructions))
    )
    address = ctypes.addressof(filter_program)
    libc.set_process_option(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, address)


def build_program(machine: str) -> bytes:
    """Return the filter for an architecture, as `platform.machine()` names it.

    Raises:
        OSError: The architecture is unknown.
    """
    if machine not in ARCHITECTURES:
        raise OSError(errno.ENOSYS, f"the system calls of {machine} are unknown")
    architecture, column = ARCHITECTURES[machine]
    instructions = [
        _instruction(_LOAD, _ARCHITECTURE),
        _instruction(_JUMP_IF_EQUAL, architecture, skip_if_true=1),
        _fail(errno.EPERM),  # a system call of another architecture, such as 32-bit x86
        _instruction(_LOAD, _NUMBER),
    ]
    for numbers in ALLOWED.values():
        number = numbers[column]
        if number is not None:
            instructions += _if_number(number, [_instruction(_RETURN, _ALLOW)])
    # Without clone3 the C library starts threads by clone, whose flags the filter can read.
    instructions += _if_number(CLONE3, [_fail(errno.ENOSYS)])
    instructions += _if_number(CLONE[column], _if_argument(0, _JUMP_IF_SET, _CLONE_THREAD))
    instructions += _if_number(FCNTL[column], _if_argument(1, _JUMP_IF_EQUAL, _F_DUPFD_CLOEXEC))
    instructions.append(_fail(errno.EPERM))
    return b"".join(instructions)


def _if_number(number: int, instructions: list[bytes]) -> list[bytes]:
    """Return instructions that run `instructions` for one system call."""
    skipped = len(instructions)
    return [_instruction(_JUMP_IF_EQUAL, number, skip_if_false=skipped), *instructions]


def _if_argument(index: int, comparison: int, value: int) -> list[bytes]:
    """Return instructions that let a system call fail unless an argument compares."""
    return [
        _instruction(_LOAD, _ARGUMENTS + 8 * index),
        _instruction(comparison, value, skip_if_false=1),
        _instruction(_RETURN, _ALLOW),
        _fail(errno.EPERM),
    ]


def _fail(error: int) -> bytes:
    return _instruction(_RETURN, _FAIL | error)


def _instruction(code: int, value: int, skip_if_true: int = 0, skip_if_false: int = 0) -> bytes:
    return _INSTRUCTION.pack(code, skip_if_true, skip_if_false, value)
