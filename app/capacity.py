"""Compute how many image workers fit this machine."""

import os
from collections.abc import Iterator
from pathlib import Path

IMAGE_WORKER_MIB = 1_000  # the most private memory of one image worker
_BASE_MIB = 256  # an idle gunicorn with two web workers and all of their processes
_MIB = 2**20
# The control group of this process, and the folder of all groups (cgroups(7), version 2).
_OWN_GROUP = Path("/proc/self/cgroup")
_GROUPS = Path("/sys/fs/cgroup")
_VERSION_2 = "0::/"


def default_image_workers() -> int:
    """Return the number of image workers for the cores and the memory of this machine."""
    cores = os.cpu_count() or 1
    that_fit_memory = (_memory_mib() - _BASE_MIB) // IMAGE_WORKER_MIB
    return max(1, min(cores, that_fit_memory))


def _memory_mib() -> int:
    """Return the memory of this machine, or of its container or service if that is less."""
    installed = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min([installed, *_group_limits()]) // _MIB


def _group_limits() -> Iterator[int]:
    """Yield the memory limits, in bytes, of this process's control group and of its parents."""
    lines = _OWN_GROUP.read_text().splitlines() if _OWN_GROUP.is_file() else []
    own_path = next((line[len(_VERSION_2) :] for line in lines if line.startswith(_VERSION_2)), "")
    own_group = _GROUPS / own_path
    for group in (own_group, *own_group.parents):
        limit_file = group / "memory.max"
        limit = limit_file.read_text().strip() if limit_file.is_file() else "max"
        if limit != "max":
            yield int(limit)
