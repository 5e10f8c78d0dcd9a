"""Connections and stored bodies of nginx, as its processes have them open."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tests.https.instance import Instance


def open_files(instance: Instance, kind: str) -> Iterator[Path]:
    """Yield the files of nginx's workers whose name contains `kind`."""
    master = (instance.folder / "run/nginx.pid").read_text().strip()
    workers = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    for worker in workers:
        for file in Path(f"/proc/{worker}/fd").iterdir():
            with suppress(FileNotFoundError):  # closed since
                if kind in str(file.readlink()):
                    yield file


def sockets(instance: Instance) -> int:
    """Return the number of nginx's connections, to clients and to the app."""
    return len(list(open_files(instance, "socket:")))


def stored_bytes(instance: Instance) -> int:
    """Return the size of the bodies that nginx has stored, in files without a name."""
    return sum(file.stat().st_size for file in open_files(instance, "/client_body/"))
