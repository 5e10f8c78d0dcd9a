"""Hold a party on both backends, and measure the gallery and the memory of the server.

150 guests behind one address add 3 000 photos, 300 on emulators of AWS: `python -m
benchmarks.party 20` lets each guest add 20 photos there too. A wall, a host who reviews the photos
and 50 viewers look on. The gallery is requested from two processes of their own, at the same
address: by a visitor with a cookie, and by one without, for whom nginx keeps pages. The emulator of
DynamoDB answers one call after the other, on the processor that the site needs. So guests come
there within 30 seconds for each of their photos. Like the test, which holds a party of 900 photos,
the benchmark ends with an error if a photo is lost.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from threading import Event, Thread
from urllib.parse import urlsplit

from tests.party.outcome import assert_nothing_lost
from tests.party.party import WHOLE, WHOLE_ON_AWS, Party, Size, hold
from tests.party.sites import SITES, PartySite

GOAL = 1.0  # seconds for the gallery
MEMORY = 819  # MiB: MemoryMax=80% of an instance with 1 GiB, see deploy/shoebox.service
IDLE_SECONDS = 10.0
_PARTY = replace(WHOLE, photos=20, arrival=40)
_ARRIVAL_ON_AWS = 30.0  # seconds for each photo of a guest
_PAUSE = 0.25  # seconds between two requests, as well as between two looks at the memory
_VISITORS = {"with a cookie": {"Cookie": "visited=1"}, "without": {}}


@dataclass
class Memory:
    """The largest sum of the memory of all processes of the server, in MiB."""

    idle: float = 0.0
    peak: float = 0.0


@dataclass
class Gallery:
    """The seconds of each request for the gallery, and the status codes that are not 200."""

    seconds: list[float] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)


def main(photos_on_aws: int = WHOLE_ON_AWS.photos) -> None:
    """Print the figures of both backends.

    Args:
        photos_on_aws: The photos of each guest there.
    """
    on_aws = replace(WHOLE_ON_AWS, photos=photos_on_aws, arrival=_ARRIVAL_ON_AWS * photos_on_aws)
    sizes = {"local": _PARTY, "aws": on_aws}
    for name, size in sizes.items():
        with tempfile.TemporaryDirectory() as folder, SITES[name](Path(folder)) as site:
            _measure(site, size)


def _measure(site: PartySite, size: Size) -> None:
    with _watched(site.server) as memory:
        with _requested(site.url) as idle:
            time.sleep(IDLE_SECONDS)
        memory.idle = memory.peak
        with _requested(site.url) as galleries:
            party = hold(site.url, size)
    print(f"A party: {size.guests} guests add {size.photos} photos each, {size.viewers} look on")
    _print_uploads(site.name, party)
    assert_nothing_lost(site, party, size)  # it sends one photo more, which the site refuses
    party.close()
    for visitor in _VISITORS:
        _print_gallery(visitor, idle[visitor], galleries[visitor])
    used = f"idle {memory.idle:.0f}, peak {memory.peak:.0f} MiB"
    print(f"    memory of all processes: {used}; goal {MEMORY} {_verdict(memory.peak, MEMORY)}")


def _print_uploads(name: str, party: Party) -> None:
    uploads = [answer for answer in party.answers if answer.path.startswith("/upload?")]
    again = sum(answer.status >= 400 for answer in uploads)
    rate = 60 * len(party.published) / party.seconds
    print(f"  {name}: {len(party.published)} photos, {rate:.0f} a minute; {again} were sent again")


def _print_gallery(visitor: str, idle: Gallery, gallery: Gallery) -> None:
    middle, slowest = median(gallery.seconds), max(gallery.seconds)
    ratio = middle / median(idle.seconds)
    print(f"    gallery {visitor}: median {middle:.3f} s, {ratio:.1f} × idle;", end=" ")
    late = sum(each > GOAL for each in gallery.seconds)
    print(f"slowest {slowest:.2f} s; goal {GOAL} {_verdict(slowest, GOAL)};", end=" ")
    print(f"{late} of {len(gallery.seconds)} took longer;", end=" ")
    print(f"{len(gallery.refused)} refused")


def _verdict(figure: float, goal: float) -> str:
    return "met" if figure <= goal else "missed"


@contextmanager
def _requested(url: str) -> Iterator[dict[str, Gallery]]:
    """Let each kind of visitor request the gallery again and again during the block."""
    galleries = {}
    with ExitStack() as visits:
        for visitor, headers in _VISITORS.items():
            galleries[visitor] = visits.enter_context(_requested_with(headers, url))
        yield galleries


@contextmanager
def _requested_with(headers: dict[str, str], url: str) -> Iterator[Gallery]:
    gallery = Gallery()
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_request, args=(urlsplit(url).netloc, headers, theirs))
    process.start()
    ours.recv()  # it has begun
    try:
        yield gallery
    finally:
        ours.send("stop")
        gallery.seconds, gallery.refused = ours.recv()
        process.join()


def _request(address: str, headers: dict[str, str], pipe: Connection) -> None:
    connection = HTTPConnection(address, timeout=60)
    seconds, refused = [], []
    pipe.send("begun")
    while not pipe.poll():
        started = time.monotonic()
        connection.request("GET", "/", headers=headers)
        response = connection.getresponse()
        response.read()
        seconds.append(time.monotonic() - started)
        if response.status != 200:
            refused.append(response.status)
        time.sleep(_PAUSE)
    pipe.send((seconds, refused))


@contextmanager
def _watched(server: int) -> Iterator[Memory]:
    """Look at the memory of the server's processes during the block."""
    memory, is_over = Memory(), Event()

    def watch() -> None:
        while not is_over.wait(_PAUSE):
            memory.peak = max(memory.peak, sum(map(_proportional_mib, _family(server))))

    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield memory
    finally:
        is_over.set()
        watcher.join()


def _family(pid: int) -> list[int]:
    """Return a process and its descendants, as far as they have not ended."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").glob("*/children"))
        children = [int(child) for task in tasks for child in task.read_text("ascii").split()]
    except OSError:
        return [pid]
    return [pid, *(process for child in children for process in _family(child))]


def _proportional_mib(pid: int) -> float:
    """Return MiB of memory. Of pages that processes share, each has its part (proc(5), Pss)."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    except OSError:  # the process has ended
        return 0.0
    return sum(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
