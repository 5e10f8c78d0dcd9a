"""What looking after a collection costs: `python -m benchmarks.caretaker [PHOTOS]`.

The embedded home, small photos whose files are made once and linked; each command in a process of its own, so that its
peak memory is its own. Photos a second say what this disk can do: rebuild and export wait for it at every write.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from PIL import Image

from app.domain import object_keys, photo_ids
from app.domain.photo import Photo
from app.imaging.pipeline import ImageLimits, process_image
from app.maintenance import IntegrityCheck, export, restore_photos
from app.services.photo_service import PhotoService
from app.storage.local.folder import LocalObjectStore
from app.storage.local.sqlite import SqliteCatalog

PHOTOS = 10_000
TAGS = ("sea", "dusk", "land", "night", "people")
LIMITS = ImageLimits(max_bytes=2**24, max_pixels=10**7)


def library_in(folder: Path) -> PhotoService:
    """The use cases over the home in `folder`; nothing is uploaded, so nothing is ever decoded."""
    objects, catalog = (
        LocalObjectStore(folder / "objects"),
        SqliteCatalog(folder / "catalog.sqlite3"),
    )
    return PhotoService(objects, catalog, lambda _: process_image(BytesIO(), LIMITS))


def fill(folder: Path, photos: int) -> None:
    """Objects and records of so many photos, and no catalog: `rebuild` makes that."""
    file = BytesIO()
    Image.effect_noise((1280, 960), 40).convert("RGB").save(file, "JPEG", quality=80)
    image = process_image(file, LIMITS)
    new_id = photo_ids.PhotoIdFactory(lambda: time.time() - 3600)
    bodies = {str(made.width): made.body for made in image.renditions} | {
        "original": image.original
    }
    for name, body in bodies.items():
        (folder / f"{name}.jpg").write_bytes(body)
    (folder / "objects" / "records").mkdir(parents=True)
    for number in range(photos):
        photo_id = new_id()
        photo = Photo(
            photo_id=photo_id,
            title=f"Photo {number}",
            description="A pier at dusk, and the sea behind it.",
            tags=(TAGS[number % len(TAGS)], TAGS[number % 3]),
            alt="",
            uploaded_at=photo_ids.timestamp_of(photo_id),
            taken_at=None,
            width=image.width,
            height=image.height,
            content_type=image.content_type,
            bytes=len(image.original),
            sha256=hashlib.sha256(photo_id.encode()).hexdigest(),
            widths=tuple(made.width for made in image.renditions),
            placeholder=image.placeholder,
            owner="ada",
            idempotency_key=photo_id,
        )
        backend = folder / "objects" / "photos" / photo_id
        backend.mkdir(parents=True)
        for name in bodies:
            os.link(folder / f"{name}.jpg", backend / f"{name}.jpg")
        (folder / "objects" / object_keys.sidecar(photo_id)).write_text(json.dumps(photo.to_dict()))


def rebuild(folder: Path) -> int:
    """The catalog from the records."""
    return sum(1 for _ in restore_photos(library_in(folder)))


def check(folder: Path) -> int:
    """Everything but the records' and the objects' bodies."""
    service = library_in(folder)
    assert list(IntegrityCheck(service)) == []
    return sum(1 for _ in service.catalog.photos())


def check_records(folder: Path) -> int:
    """The records too."""
    service = library_in(folder)
    assert list(IntegrityCheck(service, records=True)) == []
    return sum(1 for _ in service.catalog.photos())


def export_all(folder: Path) -> int:
    """Every object and record to another folder."""
    return sum(1 for _ in export(library_in(folder), LocalObjectStore(folder / "export")))


COMMANDS: dict[str, Callable[[Path], int]] = {
    "rebuild": rebuild,
    "check": check,
    "check --records": check_records,
    "export": export_all,
    "export again": export_all,
}


def measured(name: str, folder: Path) -> dict[str, float]:
    """Photos, seconds, and the peak resident set of this process in MB."""
    started = time.perf_counter()
    photos = COMMANDS[name](folder)
    seconds = time.perf_counter() - started
    [peak] = re.findall(
        r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text()
    )  # ru_maxrss is the parent's too
    return {"photos": photos, "seconds": seconds, "peak": int(peak) / 1024}


def in_a_process(name: str, folder: Path) -> dict[str, float]:
    """What `measured` gives, of a process of its own."""
    command = [sys.executable, "-m", "benchmarks.caretaker", name, str(folder)]
    answer: dict[str, float] = json.loads(
        subprocess.run(command, check=True, capture_output=True, text=True).stdout
    )
    return answer


def main(photos: int = PHOTOS) -> None:
    """Print photos a second and peak memory, beside the peak for a tenth of the photos."""
    print(f"Caretaker, {photos} photos on the embedded home")
    with tempfile.TemporaryDirectory() as few, tempfile.TemporaryDirectory() as many:
        fill(Path(few), photos // 10)
        fill(Path(many), photos)
        for name in COMMANDS:
            small, large = (in_a_process(name, Path(folder)) for folder in (few, many))
            rate = large["photos"] / large["seconds"]
            print(
                f"  {name:16} {rate:7.0f} photos/s   {large['peak']:4.0f} MB   ({small['peak']:.0f} MB at a tenth)"
            )


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(measured(sys.argv[1], Path(sys.argv[2]))))
    else:
        main(*map(int, sys.argv[1:]))
