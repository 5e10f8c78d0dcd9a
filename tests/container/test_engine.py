"""The engine leaves nothing mounted, also if podman does."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.container import engine as engines


@pytest.fixture(autouse=True)
def _no_containers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let podman and buildah succeed without doing anything."""
    for name in ("podman", "buildah"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")


def bind(folder: Path) -> bool:
    """Mount a folder onto itself, as podman does with its storage. Return whether that worked."""
    done = subprocess.run(["mount", "--bind", folder, folder], check=False, capture_output=True)
    return done.returncode == 0


def test_mounts_that_podman_leaves_are_removed() -> None:
    """Otherwise the folder of the images could not be deleted."""
    with engines.engine() as engine:
        storage = engine.folder / "root"
        storage.mkdir()
        if not bind(storage):
            pytest.skip("this user or machine may not mount folders")
        assert bind(storage)
        assert engines.mounts_in(engine.folder) == [str(storage)] * 2
    assert not engine.folder.exists()
