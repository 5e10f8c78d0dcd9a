"""Make several calls to AWS in parallel, since a visitor waits for all of them."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import TypeVar

_Argument = TypeVar("_Argument")
_Result = TypeVar("_Result")

MAX_PARALLEL_CALLS = 16  # of one catalog; an upload with five tags makes nine calls


class ParallelCalls:
    """Threads that keep the deadline of the request they work for. Calls must not nest."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(MAX_PARALLEL_CALLS, thread_name_prefix="dynamodb")

    def map(
        self, call: Callable[[_Argument], _Result], arguments: Iterable[_Argument]
    ) -> list[_Result]:
        """Return the results in the order of the arguments. Raise the first error."""
        first, *others = [partial(call, argument) for argument in arguments]
        pending = [self._submit(other) for other in others]
        return [first(), *(other.result() for other in pending)]

    def errors(self, calls: Mapping[str, Callable[[], object]]) -> dict[str, BaseException]:
        """Make all calls, and return the errors of those that failed, by name."""
        pending = {name: self._submit(call) for name, call in calls.items()}
        errors = {name: call.exception() for name, call in pending.items()}
        return {name: error for name, error in errors.items() if error is not None}

    def _submit(self, call: Callable[[], _Result]) -> "Future[_Result]":
        try:
            return self._pool.submit(copy_context().run, call)
        except RuntimeError as error:  # the system is out of threads, or the process is ending
            failed: Future[_Result] = Future()
            failed.set_exception(error)
            return failed
