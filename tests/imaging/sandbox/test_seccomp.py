"""seccomp lets only a decoder's system calls through.

Covers app.imaging.sandbox.libc and app.imaging.sandbox.system_calls.
"""

import errno
import os
import platform
import resource
import socket
import struct
import sys
import threading

import pytest

from app.imaging.sandbox import libc, seccomp
from app.imaging.sandbox.system_calls import ALLOWED, ARCHITECTURES, CLONE, CLONE3, FCNTL
from tests.imaging.sandbox.forked import run_forked

_ALLOW, _FAIL = 0x7FFF0000, 0x00050000
_THREAD_FLAGS = 0x3D0F00  # those of pthread_create
_SIGCHLD = 17  # the flags of fork
needs_seccomp = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in ARCHITECTURES,
    reason="this system has no seccomp filter of ours",
)


def decide(program: bytes, architecture: int, number: int, *arguments: int) -> int:
    """Return the decision of a filter: the instructions of the kernel that ours uses."""
    values = [*arguments, 0, 0][:2]
    data = struct.pack("=IIQ2Q", number, architecture, 0, *values)
    instructions = list(struct.iter_unpack("=HBBI", program))
    position = accumulator = 0
    while True:
        code, skip_if_true, skip_if_false, value = instructions[position]
        position += 1
        match code:
            case 0x20:
                (accumulator,) = struct.unpack_from("=I", data, value)
            case 0x15:
                position += skip_if_true if accumulator == value else skip_if_false
            case 0x45:
                position += skip_if_true if accumulator & value else skip_if_false
            case 0x06:
                return int(value)


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_the_filter_allows_the_calls_of_the_table_and_no_others(machine: str) -> None:
    architecture, column = ARCHITECTURES[machine]
    program = seccomp.build_program(machine)
    allowed = {numbers[column] for numbers in ALLOWED.values()}
    for number in range(600):
        decision = decide(program, architecture, number)
        if number in allowed:
            assert decision == _ALLOW
        elif number == CLONE3:
            assert decision == _FAIL | errno.ENOSYS
        else:
            assert decision == _FAIL | errno.EPERM


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_arguments_decide_about_some_calls(machine: str) -> None:
    """A thread may start and a descriptor may be duplicated; nothing else by the same calls."""
    architecture, column = ARCHITECTURES[machine]
    program = seccomp.build_program(machine)
    assert decide(program, architecture, CLONE[column], _THREAD_FLAGS) == _ALLOW
    assert decide(program, architecture, CLONE[column], _SIGCHLD) == _FAIL | errno.EPERM
    assert decide(program, architecture, FCNTL[column], 3, 1030) == _ALLOW
    assert decide(program, architecture, FCNTL[column], 3, 8) == _FAIL | errno.EPERM


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_calls_of_other_architectures_fail(machine: str) -> None:
    """They have other numbers: 0 is `read` on x86-64 and `restart_syscall` on 32-bit x86."""
    program = seccomp.build_program(machine)
    for other in (0x40000003, 0xC00000F3):
        assert {decide(program, other, number) for number in range(600)} == {_FAIL | errno.EPERM}


def test_an_unknown_architecture_is_an_error() -> None:
    with pytest.raises(OSError, match="riscv64"):
        seccomp.build_program("riscv64")


def confine() -> None:
    libc.forbid_debugging()
    seccomp.allow_decoding_only()


@needs_seccomp
@pytest.mark.parametrize(
    "attempt",
    [
        "open('/etc/hostname')",
        "os.stat('/')",
        "socket.socket()",
        "os.fork()",
        "os.kill(1, 0)",
        "os.pipe()",
        "resource.setrlimit(resource.RLIMIT_CORE, (0, 0))",
    ],
)
def test_other_calls_are_refused(attempt: str) -> None:
    def fails() -> bool:
        confine()
        try:
            names = {"os": os, "socket": socket, "resource": resource}
            eval(attempt, names)  # noqa: S307
        except (PermissionError, ValueError):  # ValueError: setrlimit
            return True
        return False

    assert run_forked(fails)


@needs_seccomp
def test_decoders_can_start_threads() -> None:
    """libheif, dav1d and the resizer decode in threads."""

    def works() -> bool:
        confine()
        results: list[int] = []
        thread = threading.Thread(target=lambda: results.append(sum(range(1000))))
        thread.start()
        thread.join()
        return results == [499500]

    assert run_forked(works)


@needs_seccomp
def test_the_filter_cannot_be_removed() -> None:
    def is_refused() -> bool:
        confine()
        try:
            seccomp.allow_decoding_only()
        except OSError:
            return True
        return False

    assert run_forked(is_refused)
