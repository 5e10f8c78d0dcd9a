"""Another process opens the shared file, complete, or none."""

import os
import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path

import pytest

from app.imaging import shared_files
from app.imaging.shared_files import SharedFile, share, share_readable, shared_temp_file

LARGE = b"picture " * 2**18


def read_in_other_process(shared: SharedFile) -> bytes:
    """Return the bytes that another process reads."""
    script = "import pathlib, sys; sys.stdout.buffer.write(pathlib.Path(sys.argv[1]).read_bytes())"
    return subprocess.run(
        [sys.executable, "-c", script, shared.path], check=True, capture_output=True
    ).stdout


@pytest.fixture(params=[True, False], ids=["by descriptor", "by name"], autouse=True)
def by_descriptor(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Run each test on Linux and as on a system without /proc/<pid>/fd."""
    by_descriptor: bool = request.param
    if not by_descriptor:
        monkeypatch.setattr(shared_files, "_proc_fd_is_readable", lambda: False)
    return by_descriptor


@pytest.mark.parametrize("content", [LARGE, b"small", b""])
def test_another_process_reads_a_shared_file(content: bytes) -> None:
    """Files of every size are shared, on a disk and in memory."""
    with tempfile.TemporaryFile() as on_disk:
        on_disk.write(content)
        for file in (on_disk, BytesIO(content)):
            with share_readable(file) as shared:
                assert read_in_other_process(shared) == content


def test_a_large_file_is_not_copied(*, by_descriptor: bool) -> None:
    """Another process opens the same file where the system allows it."""
    with tempfile.TemporaryFile() as sent:
        sent.write(LARGE)
        with share_readable(sent) as shared:
            status = os.fstat(sent.fileno())
            is_same = (shared.device, shared.inode) == (status.st_dev, status.st_ino)
            assert is_same == by_descriptor


def test_a_file_with_a_name_is_copied(tmp_path: Path) -> None:
    """A change of the named file does not change the shared one."""
    path = tmp_path / "named"
    path.write_bytes(LARGE)
    with path.open("rb") as file, share_readable(file) as shared:
        path.write_bytes(b"changed")
        assert read_in_other_process(shared) == LARGE


@pytest.mark.parametrize("refusal", [AttributeError, PermissionError])
def test_without_memfd_the_temporary_file_is_on_a_disk(
    monkeypatch: pytest.MonkeyPatch, refusal: type[Exception]
) -> None:
    """An old Python has no memfd_create, and a system may forbid it."""

    def refuse(_name: str) -> int:
        raise refusal

    monkeypatch.setattr(os, "memfd_create", refuse)
    with share_readable(BytesIO(LARGE)) as shared:
        assert read_in_other_process(shared) == LARGE


def test_a_result_is_written_by_another_opener() -> None:
    with shared_temp_file() as answer:
        with share(answer).open("r+b") as opened:
            opened.write(LARGE)
        assert answer.read() == LARGE


def test_a_closed_file_is_not_found() -> None:
    with share_readable(BytesIO(LARGE)) as shared:
        pass
    with pytest.raises(FileNotFoundError):
        shared.open("rb")


def test_another_file_with_the_same_descriptor_is_not_opened(tmp_path: Path) -> None:
    """A late worker does not write to a file that reuses the descriptor."""
    other = tmp_path / "other"
    other.write_bytes(b"precious")
    with shared_temp_file() as answer, other.open("r+b") as file:
        shared = share(answer)
        mistaken = SharedFile(share(file).path, shared.device, shared.inode)
        with pytest.raises(FileNotFoundError):
            mistaken.open("r+b")
    assert other.read_bytes() == b"precious"
