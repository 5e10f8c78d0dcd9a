"""Gunicorn settings of `make run` and of the systemd unit. The command line's `--bind` wins."""

import os
import shutil
import tempfile
from pathlib import Path

_MIB = 2**20
_BASE_MIB = 256  # one idle server with all of its processes
_IMAGE_WORKER_MIB = 700  # the limit of one image worker: see app/imaging/decode.py


def _memory_mib() -> int:
    """Return the memory of this machine, or of its container if that is less."""
    installed = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // _MIB
    limit_file = Path("/sys/fs/cgroup/memory.max")
    limit = limit_file.read_text().strip() if limit_file.is_file() else "max"
    return installed if limit == "max" else min(installed, int(limit) // _MIB)


_cores = os.cpu_count() or 1
_max_image_workers = (_memory_mib() - _BASE_MIB) // _IMAGE_WORKER_MIB
_image_workers = max(1, min(_cores, _max_image_workers))

bind = "127.0.0.1:8000"
worker_class = "gthread"
# Image workers are processes of their own, so one gunicorn worker serves pages for four cores.
workers = int(os.environ.get("WEB_CONCURRENCY") or max(1, _cores // 4))
threads = 16
raw_env = []
if not os.environ.get("IMAGE_WORKERS"):
    raw_env = [f"IMAGE_WORKERS={max(1, _image_workers // workers)}"]
timeout = 60  # seconds without a heartbeat from a worker; not the length of a request
graceful_timeout = 60  # seconds for running uploads after a restart begins
keepalive = 75  # seconds; nginx closes its idle connections earlier
max_requests = 5000  # a restarted worker returns the memory that libraries leak
max_requests_jitter = 500
umask = 0o077
# The heartbeat must not wait for a disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  see above
control_socket_disable = True

_temporary_folders: list[str] = []


def on_starting(_server: object) -> None:
    """Create a folder in which the workers of an AWS site share their rate limits.

    systemd creates one and names it in RUNTIME_DIRECTORY.
    """
    if os.environ.get("PHOTO_BUCKET") and not os.environ.get("RUNTIME_DIRECTORY"):
        folder = tempfile.mkdtemp(prefix="shoebox-")
        _temporary_folders.append(folder)
        os.environ["RUNTIME_DIRECTORY"] = folder


def on_exit(_server: object) -> None:
    """Remove the folder."""
    for folder in _temporary_folders:
        shutil.rmtree(folder, ignore_errors=True)
