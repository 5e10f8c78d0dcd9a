"""Files that are lent to other processes instead of sent: the right one, whole, or none."""

import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path

import pytest

from app.adapters import lending
from app.adapters.lending import Lent, lend, lent, sheet

LARGE = b"picture " * 2**18


def read_elsewhere(loan: Lent) -> bytes:
    """What another process reads there."""
    script = "import pathlib, sys; sys.stdout.buffer.write(pathlib.Path(sys.argv[1]).read_bytes())"
    return subprocess.run([sys.executable, "-c", script, loan.path], check=True, capture_output=True).stdout


@pytest.fixture(params=["by number", "by name"], autouse=True)
def system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Linux, and a system without its folder of open files."""
    if request.param == "by name":
        monkeypatch.setattr(lending, "_is_open_to_us", lambda: False)


@pytest.mark.parametrize("content", [LARGE, b"small", b""])
def test_another_process_reads_what_was_lent(content: bytes) -> None:
    """A file without a name reaches another process whole, whatever its size, from a disk and from memory."""
    with tempfile.TemporaryFile() as on_disk:
        on_disk.write(content)
        for file in (on_disk, BytesIO(content)):
            with lent(file) as loan:
                assert read_elsewhere(loan) == content


def test_a_sheet_comes_back_written() -> None:
    """What the borrower writes is what the lender reads."""
    with sheet() as answer:
        with lend(answer).open("r+b") as borrowed:
            borrowed.write(LARGE)
        assert answer.read() == LARGE


def test_what_was_given_back_is_gone() -> None:
    """A late borrower finds nothing once the file is closed."""
    with lent(BytesIO(LARGE)) as loan:
        pass
    with pytest.raises(FileNotFoundError):
        loan.open("rb")


def test_another_file_is_never_taken_for_it(tmp_path: Path) -> None:
    """A late borrower writes into no other file that has come to the place of the one that was lent."""
    with sheet() as answer:
        loan = lend(answer)
    other = tmp_path / "other"
    other.write_bytes(b"precious")
    with other.open("r+b") as file:
        mistaken = Lent(lend(file).path, loan.device, loan.inode)
        with pytest.raises(FileNotFoundError):
            mistaken.open("r+b")
    assert other.read_bytes() == b"precious"
