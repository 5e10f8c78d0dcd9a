"""Compute how many image workers fit this machine."""

import os
from pathlib import Path

_MIB = 2**20
_BASE_MIB = 256  # an idle gunicorn with two web workers and all of their processes
_IMAGE_WORKER_MIB = 700  # the limit of one image worker: see app/imaging/decode.py
_MEMORY_LIMIT_FILE = Path("/sys/fs/cgroup/memory.max")


def default_image_workers() -> int:
    """Return the number of image workers for the cores and the memory of this machine."""
    cores = os.cpu_count() or 1
    that_fit_memory = (_memory_mib() - _BASE_MIB) // _IMAGE_WORKER_MIB
    return max(1, min(cores, that_fit_memory))


def _memory_mib() -> int:
    """Return the memory of this machine, or of its container if that is less."""
    installed = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // _MIB
    limit = _MEMORY_LIMIT_FILE.read_text().strip() if _MEMORY_LIMIT_FILE.is_file() else "max"
    return installed if limit == "max" else min(installed, int(limit) // _MIB)
