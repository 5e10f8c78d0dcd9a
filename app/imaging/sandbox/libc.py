"""Call functions of the C library that Python lacks."""

import ctypes
import os

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38

_libc = ctypes.CDLL(None, use_errno=True)


def forbid_debugging() -> None:
    """Prevent other processes from reading this one's memory, and programs from adding rights.

    Landlock and seccomp work without privileges only in such a process.

    Raises:
        OSError: The kernel refuses.
    """
    set_process_option(_PR_SET_DUMPABLE, 0)
    set_process_option(_PR_SET_NO_NEW_PRIVS, 1)


def die_with_parent(signal: int) -> None:
    """Get `signal` when the parent process ends.

    Raises:
        OSError: The kernel refuses.
    """
    set_process_option(_PR_SET_PDEATHSIG, signal)


def set_process_option(option: int, value: int, pointer: int = 0) -> None:
    """Set an option of this process with prctl(2).

    Raises:
        OSError: The kernel refuses.
    """
    arguments = (ctypes.c_ulong(value), ctypes.c_ulong(pointer), ctypes.c_ulong(0))
    _check(_libc.prctl(option, *arguments, ctypes.c_ulong(0)))


def system_call(number: int, *arguments: int) -> int:
    """Call a system call for which the C library has no function.

    Raises:
        OSError: The kernel refuses.
    """
    values = [ctypes.c_long(argument) for argument in arguments]
    return _check(_libc.syscall(ctypes.c_long(number), *values))


def _check(result: int) -> int:
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
