"""Run the site as a process: as `make run` starts it, or with gunicorn as on an instance."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from queue import Queue
from typing import Self

ROOT = Path(__file__).parent.parent.parent
GUNICORN = "tests.server.gunicorn_site"  # a module for RunningSite
READY = re.compile(r"Shoebox is at (http://\S+)")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class RunningSite:
    """A site on the local backend in `folder`, or the site that `module` starts."""

    def __init__(self, folder: Path, module: str = "app", **settings: str) -> None:
        self.command = [sys.executable, "-m", module]
        self.settings = {
            "PHOTO_DIR": str(folder),
            "PORT": str(free_port()),
            "HOST": "127.0.0.1",
        } | settings
        self.lines: list[str] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop(signal.SIGTERM)

    def start(self) -> None:
        """Start the site, and wait for the line with its address."""
        environment = {
            name: value
            for name, value in os.environ.items()
            if name not in {"PHOTO_BUCKET", "SECRET_KEY"}
        }
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=environment | self.settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        found: Queue[str | None] = Queue()
        self._reader = threading.Thread(target=self._read, args=(found,), daemon=True)
        self._reader.start()
        url = found.get(timeout=60)
        assert url, "\n".join(self.lines)
        self.url = url

    def stop(self, with_signal: signal.Signals) -> None:
        """Send a signal to the process group, and wait until the server has exited.

        `lines` then has all that the server and its processes have written.
        """
        with suppress(ProcessLookupError):  # it has exited
            os.killpg(self.process.pid, with_signal)
        self.process.wait(timeout=60)
        self._reader.join(timeout=60)
        assert not self._reader.is_alive()

    def _read(self, found: "Queue[str | None]") -> None:
        assert self.process.stdout
        with self.process.stdout as output:
            for line in output:
                self.lines.append(line.rstrip())
                if match := READY.match(line):
                    found.put(match.group(1))
        found.put(None)
