"""Make one call after another without a pool: each restart and each check would start threads."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

_WITH_POOLS = (
    "app.maintenance.concurrency",
    "app.services.photo_objects",
    "app.storage.aws.parallel_calls",
)


class InlineExecutor(Executor):
    """Runs each call before the next one, as a pool of one thread does. moto is not thread-safe."""

    def __init__(self, max_workers: int, *, thread_name_prefix: str = "") -> None:
        """Create no thread. The arguments are those of a pool."""

    def submit(self, call: Callable[..., Any], /, *arguments: Any, **options: Any) -> Future[Any]:
        """Return the result of a call, or its error."""
        future = Future[Any]()
        try:
            future.set_result(call(*arguments, **options))
        except Exception as error:  # noqa: BLE001  as in a pool
            future.set_exception(error)
        return future


@contextmanager
def inline_executors() -> Iterator[None]:
    """Replace the pools of a site and of its checks that are created within the block."""
    with ExitStack() as stack:
        for module in _WITH_POOLS:
            stack.enter_context(mock.patch(f"{module}.ThreadPoolExecutor", InlineExecutor))
        yield
