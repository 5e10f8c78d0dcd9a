"""A separate AWS account for each test."""

from collections.abc import Iterator

import pytest

from tests.provisioning.recording_aws import RecordingAws, recording_aws


@pytest.fixture
def aws() -> Iterator[RecordingAws]:
    with recording_aws() as account:
        yield account
