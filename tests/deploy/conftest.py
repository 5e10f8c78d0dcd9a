"""A separate AWS account, or a separate instance, for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.instance import (
    BROKEN,
    FIRST,
    PYTHON,
    Instance,
    commit,
    git,
    write_program,
    write_release,
)
from tests.provisioning.recording_aws import RecordingAws, recording_aws


@pytest.fixture
def aws() -> Iterator[RecordingAws]:
    with recording_aws() as account:
        yield account


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a good version, one that does not answer, and one that refuses settings."""
    work = tmp_path_factory.mktemp("work")
    write_release(work)
    git(work, "init", "-qb", "main")
    commit(work, "v1")
    commit(work, "v2", "new")
    commit(work, "v3", BROKEN)
    git(work, "rm", "-q", BROKEN)
    commit(work, "v4", "refuses the settings")
    git(work, "rm", "-q", "refuses the settings")
    commit(work, "v5", "fifth")
    commit(work, "v6", "sixth")
    git(work, "checkout", "-q", "-b", "stable", "v2")
    git(work, "clone", "-q", "--bare", str(work), str(work / "shoebox.git"))
    return work


@pytest.fixture
def instance(tmp_path: Path, template: Path) -> Instance:
    """An instance that runs v1, which the script has installed."""
    instance = Instance(tmp_path)
    shutil.copytree(template / "shoebox.git", instance.repository)
    first = instance.releases / FIRST
    first.mkdir(parents=True)
    write_release(first)
    (first / ".venv/bin").mkdir(parents=True)
    write_program(first / ".venv/bin/python", PYTHON)
    (first / "RELEASE").write_text(f"v1 {git(instance.repository, 'rev-parse', 'v1')[:12]}\n")
    (instance.root / "opt/shoebox/current").symlink_to(first)
    shutil.copy(first / "deploy/shoebox", instance.root / "usr/local/bin/shoebox")
    instance.set_source("#v1")
    return instance
