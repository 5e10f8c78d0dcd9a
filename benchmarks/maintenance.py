"""Measure the maintenance commands: `python -m benchmarks.maintenance [PHOTOS]`.

The collection is on the local backend; its photos share the same small files by hard links. Each
command runs in a process of its own, so that the peak memory is its own. The rate depends on the
disk: rebuild and export wait for it at every write.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path

from PIL import Image

from app.domain import object_keys, photo_ids
from app.domain.image.processed_image import ProcessedImage
from app.domain.photo import Photo
from app.imaging.pipeline import ImageLimits, process_image
from app.maintenance import IntegrityCheck, RebuildOutcome, export, rebuild_photos
from app.services.ports import Backend
from app.storage.local.folder import LocalObjectStore
from app.storage.sqlite_backend import sqlite_backend

PHOTOS = 10_000
TAGS = ("sea", "dusk", "land", "night", "people")
OWNER = "0" * 32  # a sidecar with another kind of owner is damaged
LIMITS = ImageLimits(max_pixels=10**7)


def open_backend(folder: Path) -> Backend:
    """Return the local backend in `folder`."""
    objects = LocalObjectStore(folder / "objects")
    return sqlite_backend(objects, folder / "catalog.sqlite3")


def write_collection(folder: Path, photos: int) -> None:
    """Write the objects and sidecars of `photos` photos, but no catalog: `rebuild` makes it."""
    image = _processed_image()
    bodies = _bodies(image)
    for name, body in bodies.items():
        (folder / name).write_bytes(body)
    new_id = photo_ids.PhotoIdFactory(lambda: time.time() - 3600)
    for number in range(photos):
        _write_photo(folder, _photo(new_id(), number, image), bodies)


def _processed_image() -> ProcessedImage:
    file = BytesIO()
    Image.effect_noise((1280, 960), 40).convert("RGB").save(file, "JPEG", quality=80)
    return process_image(file, LIMITS)


def _bodies(image: ProcessedImage) -> dict[str, bytes]:
    """Return the objects of a photo by name."""
    assert isinstance(image.original, bytes)  # an image worker would give a file
    bodies = {
        object_keys.rendition_name(rendition.width, rendition.content_type): rendition.body
        for rendition in image.renditions
    }
    return bodies | {"original.jpg": image.original}


def _write_photo(folder: Path, photo: Photo, names: Iterable[str]) -> None:
    """Link the objects of a photo to the files in the folder, and write its sidecar."""
    key = object_keys.folder(photo.photo_id, object_keys.PUBLIC_PREFIX)
    photo_folder = folder / "objects" / key
    photo_folder.mkdir(parents=True)
    for name in names:
        os.link(folder / name, photo_folder / name)
    sidecar = folder / "objects" / object_keys.sidecar(photo.photo_id)
    sidecar.parent.mkdir(parents=True, exist_ok=True)
    sidecar.write_text(json.dumps(photo.to_dict()))


def _photo(photo_id: str, number: int, image: ProcessedImage) -> Photo:
    return Photo(
        photo_id=photo_id,
        title=f"Photo {number}",
        description="A pier at dusk, and the sea behind it.",
        tags=(TAGS[number % len(TAGS)], TAGS[number % 3]),
        alt="",
        uploaded_at=photo_ids.timestamp_of(photo_id),
        taken_at=None,
        content_type=image.content_type,
        sha256=hashlib.sha256(photo_id.encode()).hexdigest(),
        owner=OWNER,
        idempotency_key=photo_id,
        **image.photo_fields,
    )


def rebuild(folder: Path) -> int:
    """Rebuild the catalog from the sidecars."""
    outcomes = Counter(result.outcome for result in rebuild_photos(open_backend(folder)))
    assert set(outcomes) == {RebuildOutcome.ADDED}, outcomes
    return outcomes.total()


def check(folder: Path) -> int:
    """Check everything except the contents of sidecars and objects."""
    backend = open_backend(folder)
    assert list(IntegrityCheck(backend)) == []
    return sum(1 for _ in backend.catalog.photos())


def check_records(folder: Path) -> int:
    """Check the sidecars too."""
    backend = open_backend(folder)
    assert list(IntegrityCheck(backend, sidecars=True)) == []
    return sum(1 for _ in backend.catalog.photos())


def export_all(folder: Path) -> int:
    """Export all objects and sidecars to another folder."""
    return sum(1 for _ in export(open_backend(folder), LocalObjectStore(folder / "export")))


COMMANDS: dict[str, Callable[[Path], int]] = {
    "rebuild": rebuild,
    "check": check,
    "check --sidecars": check_records,
    "export": export_all,
    "export again": export_all,
}


def measure(name: str, folder: Path) -> dict[str, float]:
    """Return the number of photos, the seconds, and the peak memory of this process in MiB."""
    started = time.perf_counter()
    photos = COMMANDS[name](folder)
    seconds = time.perf_counter() - started
    status = Path("/proc/self/status").read_text()  # ru_maxrss includes the parent process
    [peak] = re.findall(r"VmHWM:\s+(\d+) kB", status)
    return {"photos": photos, "seconds": seconds, "peak": int(peak) / 1024}


def measure_in_new_process(name: str, folder: Path) -> dict[str, float]:
    """Return the result of `measure` in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.maintenance", name, str(folder)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def main(photos: int = PHOTOS) -> None:
    """Print photos a second and peak memory, and the peak memory for a tenth of the photos."""
    print(f"Maintenance, {photos} photos on the local backend")
    with tempfile.TemporaryDirectory() as small_folder, tempfile.TemporaryDirectory() as folder:
        write_collection(Path(small_folder), photos // 10)
        write_collection(Path(folder), photos)
        for name in COMMANDS:
            small = measure_in_new_process(name, Path(small_folder))
            large = measure_in_new_process(name, Path(folder))
            assert large["photos"] == photos, large
            rate = large["photos"] / large["seconds"]
            memory = f"{large['peak']:4.0f} MB   ({small['peak']:.0f} MB at a tenth)"
            print(f"  {name:16} {rate:7.0f} photos/s   {memory}")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(measure(sys.argv[1], Path(sys.argv[2]))))
    else:
        main(*map(int, sys.argv[1:]))
