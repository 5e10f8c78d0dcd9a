"""Processes of one site share the slots for image workers."""

import fcntl
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO

import pytest

from app.domain.errors import StorageRefused
from app.imaging.workers.slots import WorkerSlots

HOLD_A_SLOT = """
import sys, signal
from pathlib import Path
from typing import IO
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


def test_one_thread_of_a_process_asks_for_a_slot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others wait for it, so that waiting uploads use no CPU time."""
    slots = WorkerSlots(tmp_path, 1)
    assert slots.acquire(timeout=0)
    has_asked = threading.Event()
    asking: set[int] = set()
    flock = fcntl.flock

    def record(file: IO[bytes], operation: int) -> None:
        asking.add(threading.get_ident())
        has_asked.set()
        flock(file, operation)

    monkeypatch.setattr(fcntl, "flock", record)
    first = threading.Thread(target=slots.acquire, kwargs={"timeout": 30})
    first.start()
    assert has_asked.wait(30)
    assert not slots.acquire(timeout=0.1)
    assert asking == {first.ident}
    slots.release()
    first.join()
    slots.release()


def test_threads_of_a_process_share_its_slots(tmp_path: Path) -> None:
    """A thread that waits for its turn gets the slot that another thread frees."""
    slots = WorkerSlots(tmp_path, 1)
    taken: list[bool] = []

    def take_and_release() -> None:
        taken.append(slots.acquire(timeout=20))
        slots.release()

    threads = [threading.Thread(target=take_and_release) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken == [True] * 4
