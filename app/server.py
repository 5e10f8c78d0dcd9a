"""Serve the site with gunicorn on this machine."""

import sys
from pathlib import Path

from gunicorn.app.wsgiapp import WSGIApplication
from gunicorn.workers.base import Worker

from app.config import Config

_SETTINGS = Path(__file__).parent.parent / "deploy" / "gunicorn.conf.py"


class Server(WSGIApplication):  # type: ignore[misc]  # gunicorn ships no types
    """A gunicorn that prints the site's address once it serves."""

    def load_config(self) -> None:
        """Load the settings from `sys.argv`, and add the hook that prints the address."""
        super().load_config()
        self.cfg.set("post_worker_init", _print_address)


def serve(config: Config) -> None:
    """Serve until interrupted."""
    sys.argv = [
        "gunicorn",
        "--config",
        str(_SETTINGS),
        "--bind",
        config.bind_address,
        "--log-level",
        "warning",
        "app:create_app()",
    ]
    Server("%(prog)s").run()


def _print_address(worker: Worker) -> None:
    if worker.age == 1:  # the first worker of all
        print(_startup_message(Config.from_env()), flush=True)  # noqa: T201  for the terminal


def _startup_message(config: Config) -> str:
    storage = str(config.photo_dir.resolve())
    if config.photo_bucket:
        storage = f"the bucket {config.photo_bucket}"
    return f"Shoebox is at http://{config.bind_address} and stores its photos in {storage}."
