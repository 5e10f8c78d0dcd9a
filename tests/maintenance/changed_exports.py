"""Changes of an export by which a stranger would read or fill the machine."""

import os
from pathlib import Path

from app.domain import object_keys
from tests.sample_images import png


def original_in(folder: Path, photo_id: str) -> Path:
    return folder / object_keys.original(photo_id, "image/jpeg")


def link_original(folder: Path, photo_id: str, secret: Path) -> None:
    original_in(folder, photo_id).unlink()
    original_in(folder, photo_id).symlink_to(secret)


def link_photo_folder(folder: Path, photo_id: str, secret: Path) -> None:
    elsewhere = secret.parent / "elsewhere"
    original_in(folder, photo_id).parent.rename(elsewhere)
    original_in(folder, photo_id).parent.symlink_to(elsewhere)


def make_fifo(folder: Path, photo_id: str, _secret: Path) -> None:
    original_in(folder, photo_id).unlink()
    os.mkfifo(original_in(folder, photo_id))


def link_environment(folder: Path, photo_id: str, _secret: Path) -> None:
    link_original(folder, photo_id, Path("/proc/self/environ"))


def copy_secret(folder: Path, photo_id: str, secret: Path) -> None:
    original_in(folder, photo_id).write_bytes(secret.read_bytes())


def enlarge(folder: Path, photo_id: str, _secret: Path) -> None:
    os.truncate(original_in(folder, photo_id), 10_000_000_000)  # sparse


def change_type(folder: Path, photo_id: str, _secret: Path) -> None:
    original_in(folder, photo_id).write_bytes(png())


def link_sidecar(folder: Path, photo_id: str, secret: Path) -> None:
    sidecar = folder / object_keys.sidecar(photo_id)
    sidecar.rename(secret.parent / "sidecar.json")
    sidecar.symlink_to(secret.parent / "sidecar.json")
