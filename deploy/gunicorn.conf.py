"""Gunicorn's settings, for `make run` and for the systemd unit alike; `--bind` on the command line wins."""

import os
from pathlib import Path

_MIB = 2**20
_WORKER_MIB = 448  # one worker at rest and eight decodes at work


def _memory_mib() -> int:
    """What this machine has, or what its container may use where that is less."""
    installed = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // _MIB
    ceiling = Path("/sys/fs/cgroup/memory.max")
    text = ceiling.read_text().strip() if ceiling.is_file() else "max"
    return installed if text == "max" else min(installed, int(text) // _MIB)


bind = "127.0.0.1:8000"
worker_class = "gthread"
workers = max(1, min(os.cpu_count() or 1, _memory_mib() // _WORKER_MIB))
threads = 8
timeout = 60  # seconds without a sign of life from a worker, not the length of a request
graceful_timeout = 60  # seconds for uploads under way when the site is restarted
keepalive = 75  # seconds, longer than nginx keeps its side open
max_requests = 5000  # what a library leaks goes back to the system
max_requests_jitter = 500
umask = 0o077
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  a heartbeat must not wait for a disk
control_socket_disable = True
