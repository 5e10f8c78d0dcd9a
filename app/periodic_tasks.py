"""Run tasks in the background, now and then again after each interval."""

import logging
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

MINUTE = 60  # seconds
DAY = 24 * 60 * MINUTE
MAX_RETRY_DELAY = 5 * MINUTE  # after an error


def start(name: str, task: Callable[[], object], interval: float | None = None) -> None:
    """Call `task` now and then every `interval` seconds, as long as the process lives.

    After an error the next try is in five minutes at the latest. Without an interval, the first
    call that succeeds is the last one.
    """
    threading.Thread(target=_run, args=(name, task, interval), name=name, daemon=True).start()


def _run(name: str, task: Callable[[], object], interval: float | None) -> None:
    while (delay := _delay_after(name, task, interval)) is not None:
        time.sleep(delay)


def _delay_after(name: str, task: Callable[[], object], interval: float | None) -> float | None:
    """Call `task` and return the seconds until the next call, None if there is none."""
    try:
        task()
    except Exception:
        delay = min(interval or MAX_RETRY_DELAY, MAX_RETRY_DELAY)
        log.exception("the task %s failed; the next try is in %d seconds", name, delay)
        return delay
    return interval
