"""Landlock refuses files, TCP ports, signals and the memory of other processes."""

import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.imaging.sandbox import landlock, libc
from tests.imaging.sandbox.forked import run_forked


def version() -> int:
    """Return the version of the kernel's Landlock; 0 if it has none."""
    if sys.platform != "linux":
        return 0
    try:
        return libc.system_call(444, 0, 0, 1)
    except OSError:
        return 0


def needs(minimum: int) -> pytest.MarkDecorator:
    return pytest.mark.skipif(version() < minimum, reason=f"no Landlock of version {minimum}")


def is_refused(attempt: Callable[[], object]) -> bool:
    """Return whether an attempt that works outside of Landlock fails in it."""

    def fails() -> bool:
        libc.forbid_debugging()
        landlock.deny_access()
        try:
            attempt()
        except PermissionError:
            return True
        return False

    attempt()
    return run_forked(fails)


@needs(1)
def test_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"secret")
    assert is_refused(path.read_bytes)
    assert is_refused(lambda: path.write_bytes(b"changed"))
    assert is_refused(lambda: list(tmp_path.iterdir()))


@needs(1)
def test_the_memory_of_other_processes_is_refused() -> None:
    parent = os.getpid()
    assert is_refused(lambda: Path(f"/proc/{parent}/environ").read_bytes())


@needs(1)
def test_open_files_stay_open(tmp_path: Path) -> None:
    """A worker reads its photo and writes its answer."""

    def works() -> bool:
        with (tmp_path / "file").open("w+b") as file:
            libc.forbid_debugging()
            landlock.deny_access()
            file.write(b"answer")
            file.seek(0)
            return file.read() == b"answer"

    assert run_forked(works)


@needs(4)
def test_tcp_ports_are_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        assert is_refused(lambda: socket.create_connection(address, 5).close())
    assert is_refused(lambda: socket.create_server(("127.0.0.1", 0)).close())


@needs(6)
def test_signals_are_refused() -> None:
    parent = os.getpid()
    assert is_refused(lambda: os.kill(parent, 0))


@pytest.mark.parametrize("known", [1, 2, 3, 4, 5, 6, 7, 9])
def test_a_ruleset_has_only_what_the_version_knows(
    monkeypatch: pytest.MonkeyPatch, known: int
) -> None:
    """An older kernel refuses a ruleset with a right that it does not know: EINVAL."""
    calls: list[tuple[int, ...]] = []

    def record(*arguments: int) -> int:
        calls.append(arguments)
        return known if len(calls) == 1 else os.dup(0)

    monkeypatch.setattr(libc, "system_call", record)
    landlock.deny_access()
    size = calls[1][2]
    assert size == (8 if known < 4 else 16 if known < 6 else 24)
    assert [call[0] for call in calls] == [444, 444, 446]
