"""Refuse access to files, TCP ports and other processes with Landlock (landlock(7))."""

import ctypes
import os
import struct

from app.imaging.sandbox import libc

# System calls that have the same number on all architectures but alpha: unistd.h.
_CREATE_RULESET = 444
_RESTRICT_SELF = 446
_GET_VERSION = 1  # flag of _CREATE_RULESET

# linux/landlock.h: the rights that a version of the interface knows, by the first such version.
_FILE_RIGHTS = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 5: 0xFFFF}
_TCP_RIGHTS = {1: 0, 4: 0b11}  # bind, connect
_SCOPES = {1: 0, 6: 0b11}  # abstract Unix sockets, signals
_RULESET_SIZES = {1: 8, 4: 16, 6: 24}  # bytes


def deny_access() -> None:
    """Deny this process access to files, TCP ports, and processes other than its children.

    Landlock refuses every access that a ruleset handles and no rule allows. This one has no rules.
    Older kernels handle less.

    Raises:
        OSError: The kernel has no Landlock.
    """
    version = libc.system_call(_CREATE_RULESET, 0, 0, _GET_VERSION)
    ruleset = _create_ruleset(version)
    try:
        libc.system_call(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _create_ruleset(version: int) -> int:
    handled = [_newest(rights, version) for rights in (_FILE_RIGHTS, _TCP_RIGHTS, _SCOPES)]
    attributes = ctypes.create_string_buffer(struct.pack("=3Q", *handled))
    size = _newest(_RULESET_SIZES, version)
    return libc.system_call(_CREATE_RULESET, ctypes.addressof(attributes), size, 0)


def _newest(by_version: dict[int, int], version: int) -> int:
    """Return the value of the newest version up to `version`."""
    return by_version[max(known for known in by_version if known <= version)]
