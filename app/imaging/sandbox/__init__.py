"""Deny an image worker access to files, network, programs and other processes.

Two protections of the Linux kernel work without privileges, and each is enough for most attacks.
seccomp allows only the system calls of a decoder. Landlock refuses access to files, TCP ports,
signals and the memory of other processes.

User namespaces are not used: they need a right that Docker and the systemd unit refuse, and seccomp
already refuses all that they would forbid.
"""

import sys
from collections.abc import Callable
from contextlib import suppress

from app.imaging.sandbox import landlock, libc, seccomp

_PROTECTIONS: tuple[Callable[[], None], ...] = (
    libc.forbid_debugging,
    landlock.deny_access,
    seccomp.allow_decoding_only,
)


def enter() -> None:
    """Give up the rights of this process, as far as the kernel can enforce it.

    Open files stay readable and writable. Call this function in a process with one thread.
    `self_test` tests the operations that must fail afterwards.
    """
    if sys.platform != "linux":
        return
    for protect in _PROTECTIONS:
        with suppress(OSError):  # the kernel lacks it, or a container forbids it
            protect()
