"""Run tasks in the background, now and then again after each interval."""

import logging
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

MINUTE = 60  # seconds
DAY = 24 * 60 * MINUTE


def start(name: str, task: Callable[[], object], interval: float) -> None:
    """Call `task` now and then every `interval` seconds, as long as the process lives."""
    threading.Thread(target=_run, args=(name, task, interval), name=name, daemon=True).start()


def _run(name: str, task: Callable[[], object], interval: float) -> None:
    while True:
        try:
            task()
        except Exception:
            log.exception("the task %s failed; the next try is in %d seconds", name, interval)
        time.sleep(interval)
