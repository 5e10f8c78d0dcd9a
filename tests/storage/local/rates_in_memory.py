"""Count requests in memory.

The file of the rate limits is opened for each use, which takes a tenth of the CPU time of a request
with a password. tests/abuse/test_rate_limits.py tests the file.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TypeVar
from unittest import mock

from app.storage.local import rate_limit_storage

Result = TypeVar("Result")


@contextmanager
def rates_in_memory() -> Iterator[None]:
    """Let all rate limits of this process share one database in memory, with the same schema."""
    with closing(
        sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    ) as shared:

        def once(_storage: object, work: Callable[[sqlite3.Connection], Result]) -> Result:
            with shared, rate_limit_storage._transaction(shared):
                return work(shared)

        with mock.patch.object(rate_limit_storage.SqliteRateLimitStorage, "_once", once):
            yield
