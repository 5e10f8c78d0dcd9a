"""Run tasks in the background, now and then again after each interval."""

import logging
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

MINUTE = 60  # seconds
DAY = 24 * 60 * MINUTE
MAX_RETRY_DELAY = 5 * MINUTE  # after an error


def start(name: str, task: Callable[[], object], interval: float) -> None:
    """Call `task` now and then every `interval` seconds, as long as the process lives.

    After an error the next try is in five minutes at the latest.
    """
    threading.Thread(target=_run, args=(name, task, interval), name=name, daemon=True).start()


def _run(name: str, task: Callable[[], object], interval: float) -> None:
    while True:
        time.sleep(_delay_after(name, task, interval))


def _delay_after(name: str, task: Callable[[], object], interval: float) -> float:
    """Call `task` and return the seconds until the next call."""
    try:
        task()
    except Exception:
        delay = min(interval, MAX_RETRY_DELAY)
        log.exception("the task %s failed; the next try is in %d seconds", name, delay)
        return delay
    return interval
