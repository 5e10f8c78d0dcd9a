"""Start the implementations as processes, and install those that are not Shoebox's.

Peers pin libraries of their own, Pillow among them, so they are installed in .venv/bench.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parent.parent
PEERS_VENV = Path(sys.prefix).resolve() / "bench"  # its scripts contain this path
PEERS_PYTHON = PEERS_VENV / "bin" / "python"
NODE_FOLDER = PEERS_VENV / "node"
ONE_THREAD = {
    "VIPS_CONCURRENCY": "1",
    "UV_THREADPOOL_SIZE": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}

SHOEBOX = "Shoebox, the whole upload"
SHOEBOX_AVIF = "the same, all renditions"
PYRAMID = "pyvips, one decode"
THUMBNAILS = "pyvips, thumbnail a size"
_PACKAGE = "benchmarks.implementations"
_SHARP = str(ROOT / "benchmarks" / "implementations" / "sharp.mjs")
COMMANDS = {
    SHOEBOX: (sys.executable, "-m", f"{_PACKAGE}.shoebox", "peers"),
    SHOEBOX_AVIF: (sys.executable, "-m", f"{_PACKAGE}.shoebox"),
    PYRAMID: (str(PEERS_PYTHON), "-m", f"{_PACKAGE}.vips", "pyramid"),
    THUMBNAILS: (str(PEERS_PYTHON), "-m", f"{_PACKAGE}.vips", "thumbnails"),
    "libjpeg-turbo's limit": (sys.executable, "-m", f"{_PACKAGE}.plain_pillow", "limit"),
    "sharp, one decode": ("node", _SHARP),
    "naive Pillow": (sys.executable, "-m", f"{_PACKAGE}.plain_pillow", "naive"),
    "thumbor": (str(PEERS_PYTHON), "-m", f"{_PACKAGE}.thumbor_engine"),
    "sigal": (str(PEERS_PYTHON), "-m", f"{_PACKAGE}.sigal_gallery"),
}


class Implementation:
    """A process that makes renditions of one file after the other."""

    def __init__(self, command: tuple[str, ...]) -> None:
        self._process = subprocess.Popen(
            command,
            cwd=NODE_FOLDER if command[0] == "node" else ROOT,
            env=os.environ | ONE_THREAD,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._read_answer()

    def run(self, file: Path, folder: Path | None = None) -> float:
        """Return the CPU seconds for one file; write the renditions to `folder`."""
        assert self._process.stdin
        request = {"file": str(file), "folder": folder and str(folder)}
        print(json.dumps(request), file=self._process.stdin, flush=True)
        return float(self._read_answer())

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def _read_answer(self) -> str:
        assert self._process.stdout
        return str(json.loads(self._process.stdout.readline()))


@contextmanager
def start(names: Iterable[str] = COMMANDS) -> Iterator[dict[str, Implementation]]:
    """Start a new process for each implementation, and print which ones are not installed."""
    started: dict[str, Implementation] = {}
    try:
        for name in names:
            try:
                started[name] = Implementation(COMMANDS[name])
            except (OSError, ValueError):
                print(f"  {name}: not installed, left out")
        yield started
    finally:
        for implementation in started.values():
            with suppress(OSError):
                implementation.close()


def install_peers() -> None:
    """Install the peers, again only if their lists have changed."""
    install_once(ROOT / "benchmarks" / "requirements.txt", PEERS_VENV, _install_with_pip)
    install_once(ROOT / "benchmarks" / "package.json", NODE_FOLDER, install_with_npm)


def install_once(listed: Path, folder: Path, install: Callable[[Path, Path], None]) -> None:
    """Install the packages of `listed` into `folder`, unless that is done."""
    stamp = folder / listed.name
    if stamp.is_file() and stamp.read_bytes() == listed.read_bytes():
        return
    folder.mkdir(parents=True, exist_ok=True)
    try:
        install(listed, folder)
        shutil.copy(listed, stamp)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"  Cannot install the peers of {listed.name}: {error}")


def _install_with_pip(listed: Path, folder: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
    options = ["--quiet", "--disable-pip-version-check", "--requirement"]
    command = [str(folder / "bin" / "pip"), "install", *options, str(listed)]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


def install_with_npm(listed: Path, folder: Path) -> None:
    """Install from the npm registry."""
    shutil.copy(listed, folder)
    command = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--silent"]
    subprocess.run(command, cwd=folder, check=True, stderr=subprocess.DEVNULL)
