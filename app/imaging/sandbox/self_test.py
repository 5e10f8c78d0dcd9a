"""Test in a child process which operations the sandbox refuses on this system."""

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from enum import Flag, auto

from app.imaging import sandbox


class Access(Flag):
    """The resources that an attacker's code in place of a decoder could use."""

    NONE = 0
    FILES = auto()
    NETWORK = auto()
    PROCESSES = auto()


_UNTESTED = Access.FILES | Access.NETWORK | Access.PROCESSES


def open_access() -> Access:
    """Return the access that a process in the sandbox still has; all of it if the test fails."""
    pid = os.fork()
    if pid == 0:
        access = _UNTESTED
        try:
            sandbox.enter()
            access = _try_all()
        finally:
            os._exit(access.value)
    _, status = os.waitpid(pid, 0)
    exit_code = os.waitstatus_to_exitcode(status)
    return Access(exit_code) if 0 <= exit_code <= _UNTESTED.value else _UNTESTED


def _try_all() -> Access:
    attempts: dict[Access, tuple[Callable[[], object], ...]] = {
        Access.FILES: (_open_file,),
        Access.NETWORK: (_use_network,),
        Access.PROCESSES: (_read_parent, _signal_parent, _start_process),
    }
    access = Access.NONE
    for kind, functions in attempts.items():
        if any(_succeeds(function) for function in functions):
            access |= kind
    return access


def _succeeds(attempt: Callable[[], object]) -> bool:
    with suppress(OSError):
        attempt()
        return True
    return False


def _open_file() -> None:
    os.open("/", os.O_RDONLY)


def _use_network() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        datagrams.connect(("127.0.0.1", 9))  # sends nothing


def _read_parent() -> None:
    os.open(f"/proc/{os.getppid()}/environ", os.O_RDONLY)


def _signal_parent() -> None:
    os.kill(os.getppid(), 0)


def _start_process() -> None:
    if os.fork() == 0:
        os._exit(0)
