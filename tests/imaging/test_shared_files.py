"""Files that are lent to other processes instead of sent: the right one, whole, or none."""

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


def read_elsewhere(loan: SharedFile) -> bytes:
    """What another process reads there."""
    script = "import pathlib, sys; sys.stdout.buffer.write(pathlib.Path(sys.argv[1]).read_bytes())"
    return subprocess.run(
        [sys.executable, "-c", script, loan.path], check=True, capture_output=True
    ).stdout


@pytest.fixture(params=[True, False], ids=["by number", "by name"], autouse=True)
def by_number(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Linux, and a system without its folder of open files."""
    by_number: bool = request.param
    if not by_number:
        monkeypatch.setattr(shared_files, "_proc_fd_is_readable", lambda: False)
    return by_number


@pytest.mark.parametrize("content", [LARGE, b"small", b""])
def test_another_process_reads_what_was_lent(content: bytes) -> None:
    """A file without a name reaches another process whole, whatever its size, from a disk and from memory."""
    with tempfile.TemporaryFile() as on_disk:
        on_disk.write(content)
        for file in (on_disk, BytesIO(content)):
            with share_readable(file) as loan:
                assert read_elsewhere(loan) == content


def test_a_large_file_is_lent_and_not_copied(*, by_number: bool) -> None:
    """What another process opens is the very file that was sent, where the system lets it."""
    with tempfile.TemporaryFile() as sent:
        sent.write(LARGE)
        with share_readable(sent) as loan:
            it = os.fstat(sent.fileno())
            assert ((loan.device, loan.inode) == (it.st_dev, it.st_ino)) == by_number


def test_a_file_that_others_may_change_is_copied(tmp_path: Path) -> None:
    """What is lent stays as it was, whatever becomes of a file that has a name."""
    path = tmp_path / "named"
    path.write_bytes(LARGE)
    with path.open("rb") as file, share_readable(file) as loan:
        path.write_bytes(b"changed")
        assert read_elsewhere(loan) == LARGE


@pytest.mark.parametrize("refusal", [AttributeError, PermissionError])
def test_without_files_in_memory_a_sheet_is_on_a_disk(
    monkeypatch: pytest.MonkeyPatch, refusal: type[Exception]
) -> None:
    """A Python that was built for older systems, and a system that forbids such files, lend all the same."""

    def refuse(_name: str) -> int:
        raise refusal

    monkeypatch.setattr(os, "memfd_create", refuse)
    with share_readable(BytesIO(LARGE)) as loan:
        assert read_elsewhere(loan) == LARGE


def test_a_sheet_comes_back_written() -> None:
    """What the borrower writes is what the lender reads."""
    with shared_temp_file() as answer:
        with share(answer).open("r+b") as borrowed:
            borrowed.write(LARGE)
        assert answer.read() == LARGE


def test_what_was_given_back_is_gone() -> None:
    """A late borrower finds nothing once the file is closed."""
    with share_readable(BytesIO(LARGE)) as loan:
        pass
    with pytest.raises(FileNotFoundError):
        loan.open("rb")


def test_another_file_is_never_taken_for_it(tmp_path: Path) -> None:
    """A late borrower writes into no other file that has come to the place of the one that was lent."""
    other = tmp_path / "other"
    other.write_bytes(b"precious")
    with shared_temp_file() as answer, other.open("r+b") as file:
        loan = share(answer)
        mistaken = SharedFile(share(file).path, loan.device, loan.inode)
        with pytest.raises(FileNotFoundError):
            mistaken.open("r+b")
    assert other.read_bytes() == b"precious"
