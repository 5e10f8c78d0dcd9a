"""Store one object after another without a pool: each restart of a site would start a thread."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any


class InlineExecutor(Executor):
    """Runs each call at once, as a pool of one thread runs it before the next one."""

    def __init__(self, max_workers: int, *, thread_name_prefix: str) -> None:
        assert max_workers == 1, thread_name_prefix

    def submit(self, call: Callable[..., Any], /, *arguments: Any, **options: Any) -> Future[Any]:
        """Return the result of a call, or its error."""
        future = Future[Any]()
        try:
            future.set_result(call(*arguments, **options))
        except Exception as error:  # noqa: BLE001  as in a pool
            future.set_exception(error)
        return future
