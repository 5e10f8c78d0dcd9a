"""Run the site with gunicorn, as on an instance: `python -m tests.server.gunicorn_site`.

On an instance each worker imports the site. Here gunicorn imports it once, before it forks them.
"""

import sys
from pathlib import Path

from gunicorn.app.wsgiapp import WSGIApplication
from gunicorn.workers.base import Worker

import app.wsgi  # noqa: F401  for the workers
from app.config import Config

SETTINGS = Path(__file__).parents[2] / "deploy" / "gunicorn.conf.py"


class Server(WSGIApplication):  # type: ignore[misc]  # gunicorn ships no types
    """A gunicorn that prints the site's address once all workers serve."""

    def load_config(self) -> None:
        """Load the settings from `sys.argv`, and add the hook that prints the address."""
        super().load_config()
        self.cfg.set("post_worker_init", _print_address)


def run(*arguments: str, server: type[Server] = Server) -> None:
    """Run gunicorn with the settings of an instance and more `arguments`."""
    bind = Config.from_env().bind_address
    sys.argv = ["gunicorn", "--config", str(SETTINGS), "--bind", bind, *arguments]
    server("%(prog)s").run()


def _print_address(worker: Worker) -> None:
    if worker.age == worker.cfg.workers:  # the last one of those that gunicorn starts first
        # One call, since the lines of other processes go to the same pipe.
        sys.stdout.write(f"Shoebox is at http://{Config.from_env().bind_address}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    run("--log-level", "warning", "app:create_app()")
