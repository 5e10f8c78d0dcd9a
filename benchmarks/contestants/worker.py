"""A contestant's side of the race: do the job for each file named on standard input, answer with its CPU seconds.

Imports the standard library alone, since peers run it in an environment of their own.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

Sent = TypeVar("Sent")


def serve(job: Callable[[Sent], Iterable[bytes]], sent: Callable[[bytes], Sent]) -> None:
    """Answer until the input ends. `sent` turns a file into what the job gets, before the clock starts.

    The clock is that of the whole process with all of its threads; interpreter and imports are not in it.
    """
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        given = sent(Path(request["file"]).read_bytes())
        started = time.process_time()
        renditions = list(job(given))
        spent = time.process_time() - started
        if request["into"]:
            for index, body in enumerate(renditions):
                Path(request["into"], f"{index}.jpg").write_bytes(body)
        print(json.dumps(spent), flush=True)


def as_it_is(data: bytes) -> bytes:
    """The job gets the file's bytes."""
    return data
