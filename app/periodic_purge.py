"""Empty the trash once a day in the background."""

import logging
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

INTERVAL = 24 * 60 * 60  # seconds


def start(purge: Callable[[], object]) -> None:
    """Call `purge` now and then once a day, as long as the process lives."""
    threading.Thread(target=_run, args=(purge,), name="periodic-purge", daemon=True).start()


def _run(purge: Callable[[], object]) -> None:
    while True:
        try:
            purge()
        except Exception:
            log.exception("could not empty the trash; the next try is in a day")
        time.sleep(INTERVAL)
