"""A worker process gets the upload, complete and only for reading."""

import os
import tempfile
from io import BytesIO
from pathlib import Path

import pytest

from app.imaging.workers import files
from app.imaging.workers.files import open_read_only, temp_file

LARGE = b"picture " * 2**18


@pytest.fixture(params=[True, False], ids=["by descriptor", "by copy"], autouse=True)
def by_descriptor(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Run each test on Linux and as on a system without /proc/self/fd."""

    def refuse(_file: object) -> None:
        raise FileNotFoundError

    by_descriptor: bool = request.param
    if not by_descriptor:
        monkeypatch.setattr(files, "_reopen", refuse)
    return by_descriptor


@pytest.mark.parametrize("content", [LARGE, b"small", b""])
def test_the_whole_file_is_read(content: bytes) -> None:
    """Files of every size, on a disk and in memory, wherever their position is."""
    with tempfile.TemporaryFile() as on_disk:
        on_disk.write(content)
        for file in (on_disk, BytesIO(content)):
            with open_read_only(file) as opened:
                assert opened.read() == content


def test_a_large_file_is_not_copied(*, by_descriptor: bool) -> None:
    """The same file is opened again where the system allows it."""
    with tempfile.TemporaryFile() as sent:
        sent.write(LARGE)
        with open_read_only(sent) as opened:
            is_same = os.path.sameopenfile(sent.fileno(), opened.fileno())
            assert is_same == by_descriptor


@pytest.mark.parametrize("content", [LARGE, b"small"])
def test_the_upload_cannot_be_written(content: bytes, *, by_descriptor: bool) -> None:
    """A worker cannot change the file that the server hashes; without /proc it has a copy."""
    with tempfile.TemporaryFile() as sent:
        sent.write(content)
        with open_read_only(sent) as opened:
            if by_descriptor:
                with pytest.raises(OSError, match="Bad file descriptor"):
                    os.write(opened.fileno(), b"changed")
            else:
                os.write(opened.fileno(), b"changed")
        sent.seek(0)
        assert sent.read() == content


def test_a_file_with_a_name_is_copied(tmp_path: Path) -> None:
    """A change of the named file does not change the input of the worker."""
    path = tmp_path / "named"
    path.write_bytes(LARGE)
    with path.open("rb") as file, open_read_only(file) as opened:
        path.write_bytes(b"changed")
        assert opened.read() == LARGE


@pytest.mark.parametrize("refusal", [AttributeError, PermissionError])
def test_without_memfd_the_temporary_file_is_on_a_disk(
    monkeypatch: pytest.MonkeyPatch, refusal: type[Exception]
) -> None:
    """An old Python has no memfd_create, and a system may forbid it."""

    def refuse(_name: str) -> int:
        raise refusal

    monkeypatch.setattr(os, "memfd_create", refuse)
    with temp_file() as file:
        file.write(LARGE)
        file.seek(0)
        assert file.read() == LARGE
