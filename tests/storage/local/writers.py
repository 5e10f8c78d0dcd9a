"""Processes that publish photos at the same moment."""

import subprocess
import sys
from pathlib import Path


def started_writers(path: Path, processes: int, photos: int) -> list["subprocess.Popen[str]"]:
    """Processes that begin to publish at the same moment."""
    command = [sys.executable, "-m", "tests.storage.local.writer", str(path), str(photos)]
    writers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(processes)
    ]
    for writer in writers:
        assert writer.stdout
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("go\n")
        writer.stdin.flush()
    return writers


def ids_written(writers: list["subprocess.Popen[str]"]) -> list[str]:
    """Return the photos that the ended processes say they published."""
    said = [writer.communicate()[0] for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * len(writers)
    return [photo_id for lines in said for photo_id in lines.split()]
