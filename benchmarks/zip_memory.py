"""Download a ZIP file of 5 GB whole and in 8 pieces, and measure the memory of the server.

The originals are sparse files in the folder of the local backend: a random beginning of 64 kB, then
zeros. To the site, they are objects like any other, but they take no space on the disk.
"""

import hashlib
import os
import tempfile
import zlib
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path

import requests

from app.domain.photo import Photo
from benchmarks.collection import SamplePhotos, fill
from tests.server.site import GUNICORN, RunningSite

PHOTOS = 125
PHOTO_BYTES = 40_000_000
PIECES = 8
GOAL = 50.0  # MB over the idle server
TAG = "lake"
SETTINGS = {"WEB_CONCURRENCY": "1", "IMAGE_WORKERS": "1"}
_BEGINNING = 65_536
_BLOCK = 2**20
_RESET_PEAK = "5"  # proc(5), clear_refs


def main() -> None:
    """Print the figures of both servers."""
    print(f"A ZIP file of {PHOTOS} photos of {PHOTO_BYTES / 1e6:.0f} MB, by HTTP")
    for module in ("app", GUNICORN):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            _publish(folder)
            with RunningSite(folder, module, **SETTINGS) as site:
                _measure(site, "waitress" if module == "app" else "gunicorn")


def _publish(folder: Path) -> None:
    """Publish the photos without the site: it would decode them."""
    zeros = bytes(PHOTO_BYTES - _BEGINNING)
    photos = []
    for photo in islice(SamplePhotos({"tags": (TAG,), "bytes": PHOTO_BYTES}), PHOTOS):
        beginning = os.urandom(_BEGINNING)
        _write_original(folder, photo, beginning)
        checksum = zlib.crc32(zeros, zlib.crc32(beginning))
        photos.append(photo.next_version(crc32=checksum))
    fill(folder, photos)


def _write_original(folder: Path, photo: Photo, beginning: bytes) -> None:
    file = folder / "objects" / photo.stored_keys[-1]
    file.parent.mkdir(parents=True)
    with file.open("wb") as original:
        original.write(beginning)
        original.truncate(PHOTO_BYTES)


def _measure(site: RunningSite, server: str) -> None:
    """Print whether the file is the same in pieces, and the memory that its downloads take."""
    address = f"{site.url}/download.zip?in=tag:{TAG}"
    requests.get(site.url, timeout=60).raise_for_status()
    requests.head(address, timeout=60).raise_for_status()  # loads the modules of the first download
    processes = _family(site.process.pid)
    idle = sum(_status(pid, "VmRSS") for pid in processes)
    for pid in processes:
        Path(f"/proc/{pid}/clear_refs").write_text(_RESET_PEAK, "ascii")
    _print_downloads(address, server)
    peak = sum(_status(pid, "VmHWM") for pid in processes)
    grown = (peak - idle) / 1e6
    verdict = "met" if grown <= GOAL else "missed"
    print(f"  {server}: peak memory over idle {grown:.1f} MB; goal {GOAL:.0f} {verdict}")


def _print_downloads(address: str, server: str) -> None:
    """Download the file whole and in pieces, and print whether both are the same."""
    size, whole = _download(address, [(0, None)])
    edges = [size * piece // PIECES for piece in range(PIECES + 1)]
    resumed_size, resumed = _download(address, list(pairwise(edges)))
    same = "identical" if (size, whole) == (resumed_size, resumed) else "DIFFERENT"
    print(f"  {server}: {size} bytes, in {PIECES} pieces {same}")


def _download(address: str, ranges: list[tuple[int, int | None]]) -> tuple[int, str]:
    """Return the size and the SHA-256 of all pieces together.

    The first piece ends because the client leaves, and the others continue it.
    """
    digest, size, tag = hashlib.sha256(), 0, ""
    for start, stop in ranges:
        headers = {"Range": f"bytes={start}-{stop - 1}", "If-Range": tag} if stop and tag else {}
        with requests.get(address, headers=headers, stream=True, timeout=60) as response:
            assert response.status_code == (206 if headers else 200), response.text
            tag = response.headers["ETag"]
            for block in _first_bytes(response, stop - start if stop else None):
                digest.update(block)
                size += len(block)
    return size, digest.hexdigest()


def _first_bytes(response: requests.Response, limit: int | None) -> Iterator[bytes]:
    for block in response.iter_content(_BLOCK):
        yield block if limit is None else block[:limit]
        if limit is not None:
            limit -= min(limit, len(block))
            if not limit:
                return


def _family(pid: int) -> list[int]:
    """Return a process and its descendants."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    children = [int(child) for task in tasks for child in task.read_text("ascii").split()]
    return [pid, *(process for child in children for process in _family(child))]


def _status(pid: int, field: str) -> int:
    """Return bytes from /proc/<pid>/status."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{field}:"))


if __name__ == "__main__":
    main()
