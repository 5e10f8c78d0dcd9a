"""A cloud for each test."""

from collections.abc import Iterator

import pytest

from tests.provisioning.cloud import Cloud, cloud


@pytest.fixture
def aws() -> Iterator[Cloud]:
    with cloud() as fresh:
        yield fresh
