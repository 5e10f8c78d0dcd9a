"""A pool whose workers fail on request."""

from collections.abc import Iterator

import pytest

from app.imaging.workers.pool import ImageWorkerPool
from tests.imaging.workers.worker_processes import fragile_pool


@pytest.fixture(scope="module")
def pool() -> Iterator[ImageWorkerPool]:
    pool = fragile_pool()
    yield pool
    pool.close()
