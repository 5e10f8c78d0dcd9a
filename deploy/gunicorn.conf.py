"""Gunicorn's settings, for `make run` and for the systemd unit alike; `--bind` on the command line wins."""

import os
import shutil
import tempfile
from pathlib import Path

_MIB = 2**20
_SERVING_MIB = 256  # everything at rest
_DECODER_MIB = 700  # one photo at its worst: see app/imaging/decode.py


def _memory_mib() -> int:
    """What this machine has, or what its container may use where that is less."""
    installed = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // _MIB
    ceiling = Path("/sys/fs/cgroup/memory.max")
    text = ceiling.read_text().strip() if ceiling.is_file() else "max"
    return installed if text == "max" else min(installed, int(text) // _MIB)


_cores = os.cpu_count() or 1
_decoders = max(1, min(_cores, (_memory_mib() - _SERVING_MIB) // _DECODER_MIB))

bind = "127.0.0.1:8000"
worker_class = "gthread"
# Photos are decoded in processes of their own, so one worker keeps four cores busy with pages and waiting.
workers = int(os.environ.get("WEB_CONCURRENCY") or max(1, _cores // 4))
threads = 16
raw_env = (
    [] if os.environ.get("IMAGE_WORKERS") else [f"IMAGE_WORKERS={max(1, _decoders // workers)}"]
)
timeout = 60  # seconds without a sign of life from a worker, not the length of a request
graceful_timeout = 60  # seconds for uploads under way when the site is restarted
keepalive = 75  # seconds, longer than nginx keeps its side open
max_requests = 5000  # what a library leaks goes back to the system
max_requests_jitter = 500
umask = 0o077
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  a heartbeat must not wait for a disk
control_socket_disable = True

_made_for_workers: list[str] = []


def on_starting(_server: object) -> None:
    """Give the workers of an AWS home a folder to count rates in together, where systemd has not."""
    if os.environ.get("PHOTO_BUCKET") and not os.environ.get("RUNTIME_DIRECTORY"):
        _made_for_workers.append(tempfile.mkdtemp(prefix="shoebox-"))
        os.environ["RUNTIME_DIRECTORY"] = _made_for_workers[0]


def on_exit(_server: object) -> None:
    """Remove the folder with the site's end."""
    for folder in _made_for_workers:
        shutil.rmtree(folder, ignore_errors=True)
