"""The contestants as processes: how each is started, and where those that are not Shoebox's are installed.

Peers pin libraries of their own, Pillow among them: they live in .venv/bench, away from the site's.
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
HOME = Path(sys.prefix) / "bench"
PYTHON, NODE = HOME / "bin" / "python", HOME / "node"
ONE_THREAD = {
    "VIPS_CONCURRENCY": "1",
    "UV_THREADPOOL_SIZE": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}

OURS, PYRAMID, THUMBNAILS = (
    "Shoebox, the whole upload",
    "pyvips, one decode",
    "pyvips, thumbnail a size",
)
CONTESTANTS = {
    OURS: (sys.executable, "-m", "benchmarks.contestants.shoebox"),
    PYRAMID: (str(PYTHON), "-m", "benchmarks.contestants.vips", "pyramid"),
    THUMBNAILS: (str(PYTHON), "-m", "benchmarks.contestants.vips", "thumbnails"),
    "libjpeg-turbo's limit": (sys.executable, "-m", "benchmarks.contestants.plain_pillow", "limit"),
    "sharp, one decode": ("node", str(ROOT / "benchmarks" / "contestants" / "sharp.mjs")),
    "naive Pillow": (sys.executable, "-m", "benchmarks.contestants.plain_pillow", "naive"),
    "thumbor": (str(PYTHON), "-m", "benchmarks.contestants.thumbor_engine"),
    "sigal": (str(PYTHON), "-m", "benchmarks.contestants.sigal_gallery"),
}


class Contestant:
    """A process that does its job for one file after the other."""

    def __init__(self, command: tuple[str, ...]) -> None:
        self._process = subprocess.Popen(
            command,
            cwd=NODE if command[0] == "node" else ROOT,
            env=os.environ | ONE_THREAD,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._answer()

    def run(self, file: Path, into: Path | None = None) -> float:
        """CPU seconds of the job, all threads counted; the renditions go `into` a folder by number."""
        assert self._process.stdin
        print(
            json.dumps({"file": str(file), "into": into and str(into)}),
            file=self._process.stdin,
            flush=True,
        )
        return float(self._answer())

    def close(self) -> None:
        """Let it end."""
        self._process.communicate()

    def _answer(self) -> str:
        assert self._process.stdout
        return str(json.loads(self._process.stdout.readline()))


@contextmanager
def contestants(names: Iterable[str] = CONTESTANTS) -> Iterator[dict[str, Contestant]]:
    """New processes, those that are here and start; of the others it is said that they are missing."""
    started: dict[str, Contestant] = {}
    try:
        for name in names:
            try:
                started[name] = Contestant(CONTESTANTS[name])
            except (OSError, ValueError):
                print(f"  {name}: missing here, left out")
        yield started
    finally:
        for contestant in started.values():
            with suppress(OSError):
                contestant.close()


def install() -> None:
    """Install the peers, once for each list of them; what can't be had is left out."""
    once(ROOT / "benchmarks" / "requirements.txt", HOME, _with_pip)
    once(ROOT / "benchmarks" / "package.json", NODE, with_npm)


def once(listed: Path, backend: Path, install_from: Callable[[Path, Path], None]) -> None:
    """Install what `listed` names into `home`, unless that is there already."""
    stamp = backend / listed.name
    if stamp.is_file() and stamp.read_bytes() == listed.read_bytes():
        return
    backend.mkdir(parents=True, exist_ok=True)
    try:
        install_from(listed, backend)
        shutil.copy(listed, stamp)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"  The peers of {listed.name} can't be installed: {error}")


def _with_pip(listed: Path, backend: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", backend], check=True)
    pip = [
        backend / "bin" / "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--requirement",
        listed,
    ]
    subprocess.run(pip, check=True, stderr=subprocess.DEVNULL)


def with_npm(listed: Path, backend: Path) -> None:
    """From the npm registry."""
    shutil.copy(listed, backend)
    npm = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--silent"]
    subprocess.run(npm, cwd=backend, check=True, stderr=subprocess.DEVNULL)
