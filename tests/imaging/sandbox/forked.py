"""Run a check in a process of its own, since a sandbox cannot be left."""

import os
from collections.abc import Callable


def run_forked(check: Callable[[], bool]) -> bool:
    """Return whether `check` holds in a forked process."""
    pid = os.fork()
    if pid == 0:
        result = False
        try:
            result = check()
        finally:
            os._exit(0 if result else 1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
