"""Processes of one site share the slots for image workers."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.domain.errors import StorageRefused
from app.imaging.workers.slots import WorkerSlots

HOLD_A_SLOT = """
import sys, signal
from pathlib import Path
from app.imaging.workers.slots import WorkerSlots
slots = WorkerSlots(Path(sys.argv[1]), 1)
print(slots.acquire(timeout=0), flush=True)
signal.pause()
"""


def test_slots_are_counted_across_semaphores(tmp_path: Path) -> None:
    """Two processes with one folder have as many slots as one of them."""
    one, other = WorkerSlots(tmp_path, 2), WorkerSlots(tmp_path, 2)
    assert one.acquire(timeout=0)
    assert other.acquire(timeout=0)
    assert not one.acquire(timeout=0.05)
    other.release()
    assert one.acquire(timeout=0)
    assert not other.acquire(timeout=0)
    one.release()
    one.release()
    assert other.acquire(timeout=0)
    other.release()


def test_killed_process_frees_its_slot(tmp_path: Path) -> None:
    slots = WorkerSlots(tmp_path, 1)
    command = [sys.executable, "-c", HOLD_A_SLOT, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "True\n"
        assert not slots.acquire(timeout=0)
        holder.kill()
    assert slots.acquire(timeout=0)
    slots.release()


def test_folder_is_created_and_its_faults_are_storage_errors(tmp_path: Path) -> None:
    slots = WorkerSlots(tmp_path / "new" / "folder", 1)
    assert slots.acquire(timeout=0)
    slots.release()
    (tmp_path / "file").touch()
    with pytest.raises(StorageRefused, match="a file in place of a folder"):
        WorkerSlots(tmp_path / "file", 1).acquire(timeout=0)
