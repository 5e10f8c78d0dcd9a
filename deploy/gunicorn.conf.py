"""Gunicorn settings of the systemd unit, which runs behind nginx."""

import logging
import multiprocessing
import os
import shutil
import signal
import tempfile
import time
from pathlib import Path
from typing import Any

_cores = os.cpu_count() or 1

bind = "127.0.0.1:8000"
worker_class = "gthread"
# Image workers are processes of their own, so one gunicorn worker serves pages for four cores. With
# two of them, one serves while the other one is replaced.
workers = int(os.environ.get("WEB_CONCURRENCY") or max(2, _cores // 4))
# 450 for upload forms that wait for their turn (app/web/middleware/form_limits.py), 190 for changes
# and files that do (concurrency/slow_requests.py there), 24 for requests that are worked on
# (request_slots.py), 6 for downloads, and others for health checks and requests that are refused.
# Idle ones are used first, so a site that is not busy starts few.
threads = 690
timeout = 60  # seconds without a heartbeat from a worker; not the length of a request
# Seconds for running requests after a restart begins: longer than the longest form. It may start
# its last file after 60 seconds; that file waits 10 seconds for an image worker, takes at most 20
# to process, waits 20 for other photos of the same guest and takes at most 20 to store.
graceful_timeout = 140
keepalive = 75  # seconds; nginx closes its idle connections earlier
umask = 0o077
# The heartbeat must not wait for a disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  see above
control_socket_disable = True

_RECYCLE_AFTER = 5000  # requests: a new worker has returned the memory that libraries leak
_RECYCLE_PAUSE = graceful_timeout + 30  # seconds: the old worker has ended, the new one serves
# The monotonic time of the last replacement, shared by all workers.
_last_recycling = multiprocessing.get_context("fork").Value("d", float("-inf"))
_temporary_folders: list[str] = []


# The number of each worker, by its age: the lowest one that no running worker has. A worker that
# takes the place of another one continues the files with its metrics, so there are few of them.
_numbers: dict[int, int] = {}


class _WithoutRequest(logging.Filter):
    """Shortens gunicorn's lines about single requests: they have addresses, paths and headers."""

    def filter(self, record: logging.LogRecord) -> bool:
        for beginning in ("Invalid request", "Error handling request"):
            if str(record.msg).startswith(beginning):
                record.msg, record.args = beginning, ()
        return True


class _WithoutExpectedTraceback(logging.Filter):
    """Omits the traceback if the app refuses to start: gunicorn prints the reason after it."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.msg == "Exception in worker process":
            # In the worker: the master must not import a module that a reload would then keep.
            from app.config import ConfigError  # noqa: PLC0415  see above
            from app.domain.errors import StorageError  # noqa: PLC0415  see above

            if isinstance(record.exc_info[1], ConfigError | StorageError):
                record.exc_info = None
        return True


def on_starting(server: Any) -> None:
    """Keep requests of visitors out of the log, and create folders that the workers share.

    In one the workers of an AWS site share their rate limits. systemd creates one and names it in
    RUNTIME_DIRECTORY. With METRICS, the workers count in another one: it is empty after each start.
    """
    server.log.error_log.addFilter(_WithoutRequest())
    server.log.error_log.addFilter(_WithoutExpectedTraceback())
    if os.environ.get("PHOTO_BUCKET") and not os.environ.get("RUNTIME_DIRECTORY"):
        os.environ["RUNTIME_DIRECTORY"] = _temporary_folder()
    if os.environ.get("METRICS", "off") not in {"", "off"}:
        folder = Path(os.environ.get("RUNTIME_DIRECTORY") or _temporary_folder()) / "metrics"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def pre_fork(_server: object, worker: Any) -> None:
    """Give the worker the lowest free number."""
    taken = set(_numbers.values())
    _numbers[worker.age] = next(number for number in range(len(taken) + 1) if number not in taken)


def post_fork(_server: object, worker: Any) -> None:
    """Tell the app in the worker its number, which names the files with its metrics."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        os.environ["METRICS_WORKER"] = str(_numbers[worker.age])


def child_exit(_server: object, worker: Any) -> None:
    """Free the number of a worker that has ended."""
    _numbers.pop(worker.age, None)


def on_exit(_server: object) -> None:
    """Remove the folder."""
    for folder in _temporary_folders:
        shutil.rmtree(folder, ignore_errors=True)


def post_request(worker: Any, _request: object, _environ: object, _response: object) -> None:
    """Replace a worker that has served many requests, one worker at a time.

    gunicorn's own `max_requests` may end all workers at the same time. A worker that ends finishes
    its requests first; gunicorn starts the new one afterwards.
    """
    if workers > 1 and worker.nr >= _RECYCLE_AFTER and worker.alive and _may_recycle():
        os.kill(os.getpid(), signal.SIGTERM)


def _temporary_folder() -> str:
    """Create a folder that is removed at exit."""
    folder = tempfile.mkdtemp(prefix="shoebox-")
    _temporary_folders.append(folder)
    return folder


def _may_recycle() -> bool:
    lock = _last_recycling.get_lock()
    if not lock.acquire(block=False):  # another worker is asking
        return False
    try:
        now = time.monotonic()
        is_allowed = now > _last_recycling.value + _RECYCLE_PAUSE
        if is_allowed:
            _last_recycling.value = now
        return is_allowed
    finally:
        lock.release()
