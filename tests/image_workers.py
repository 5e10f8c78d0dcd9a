"""Image workers of apps that run in the process of the tests."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from app.imaging.workers.pool import ImageWorkerPool


@contextmanager
def ended_image_workers() -> Iterator[None]:
    """End the image workers of apps that are created in the block: they would end with the process.

    The fork server of each app is a process of its own.
    """
    with ExitStack() as pools:

        def create(*arguments: Any, **options: Any) -> ImageWorkerPool:
            pool = ImageWorkerPool(*arguments, **options)
            pools.callback(pool.close)
            return pool

        with mock.patch("app.backends.ImageWorkerPool", create):
            yield
