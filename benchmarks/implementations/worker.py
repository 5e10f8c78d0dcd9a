"""Make renditions of the files that standard input names, and print the CPU seconds of each.

This module imports only the standard library, since peers run in a virtual environment of theirs.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

Input = TypeVar("Input")

WIDTHS = (320, 640, 1280, 2048)  # of the JPEGs that every implementation makes


def serve(job: Callable[[Input], Iterable[bytes]], prepare: Callable[[bytes], Input]) -> None:
    """Run `job` for each request until the input ends.

    `prepare` turns a file's bytes into the input of the job; its time is not counted. The CPU time
    is that of all threads of the process, without interpreter start and imports.
    """
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        job_input = prepare(Path(request["file"]).read_bytes())
        started = time.process_time()
        renditions = list(job(job_input))
        seconds = time.process_time() - started
        if request["folder"]:
            for index, body in enumerate(renditions):
                Path(request["folder"], f"{index}.jpg").write_bytes(body)
        print(json.dumps(seconds), flush=True)


def unchanged(data: bytes) -> bytes:
    """Return the bytes, for a job whose input is the file."""
    return data
