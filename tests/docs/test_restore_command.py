"""The command that goes back to the copy of a volume deletes nothing if the copy is incomplete."""

import re
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "containers.md"
COMMAND = re.compile(r"sh -c '([^']*photos\.tar[^']*)'")
SIZE = 100_000  # bytes of a photo


@pytest.fixture
def volume(tmp_path: Path) -> Path:
    """A volume with a photo of which there is a copy, and one that was added later."""
    volume = tmp_path / "data"
    volume.mkdir()
    (volume / "old.jpg").write_bytes(bytes(SIZE))
    (tmp_path / "backup").mkdir()
    with tarfile.open(tmp_path / "backup" / "photos.tar", "w") as tar:
        tar.add(volume, "data")
    (volume / "new.jpg").write_bytes(b"new")
    return volume


def restore(root: Path) -> int:
    """Run the command of the page with `root` in place of `/`, and return its exit status."""
    (command,) = COMMAND.findall(PAGE.read_text("utf-8"))
    below_root = re.sub(r"(?<= )/", f"{root}/", command)
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    done = subprocess.run(["sh", "-c", below_root], env={"PATH": path}, check=False)
    return done.returncode


def names_in(volume: Path) -> list[str]:
    return sorted(path.name for path in volume.iterdir())


def test_the_copy_takes_the_place_of_the_volume(volume: Path) -> None:
    (volume / "old.jpg").unlink()
    assert restore(volume.parent) == 0
    assert names_in(volume) == ["old.jpg"]
    assert (volume / "old.jpg").read_bytes() == bytes(SIZE)


@pytest.mark.parametrize("fault", ["missing", "empty", "cut off"])
def test_a_copy_that_cannot_be_read_deletes_nothing(volume: Path, fault: str) -> None:
    """The folder of the host may be another one, and its disk may have been full."""
    backup = volume.parent / "backup" / "photos.tar"
    if fault == "missing":
        backup.unlink()
    else:
        backup.write_bytes(backup.read_bytes()[: 0 if fault == "empty" else SIZE // 2])
    assert restore(volume.parent) != 0
    assert names_in(volume) == ["new.jpg", "old.jpg"]
