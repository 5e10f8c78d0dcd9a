"""`python -m app`: serve the site with gunicorn on this machine."""

import sys
from pathlib import Path

from gunicorn.app.wsgiapp import WSGIApplication
from gunicorn.workers.base import Worker

from app.config import Config, ConfigError

_SETTINGS = Path(__file__).parent.parent / "deploy" / "gunicorn.conf.py"


class Server(WSGIApplication):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn, which says where the site is as soon as it serves."""

    def load_config(self) -> None:
        """Take the settings from the command line below, and the announcement."""
        super().load_config()
        self.cfg.set("post_worker_init", _print_address)


def main() -> None:
    """Serve until interrupted."""
    try:
        config = Config.from_env()
        config.check_catalog_exists()
    except ConfigError as error:
        sys.exit(str(error))
    bind = f"{config.host}:{config.port}"
    sys.argv = [
        "gunicorn",
        "--config",
        str(_SETTINGS),
        "--bind",
        bind,
        "--log-level",
        "warning",
        "app:create_app()",
    ]
    Server("%(prog)s").run()


def _print_address(worker: Worker) -> None:
    if worker.age == 1:  # the first of them speaks for all
        print(_startup_message(Config.from_env()), flush=True)  # noqa: T201  for the person who started it


def _startup_message(config: Config) -> str:
    kept = (
        f"the bucket {config.photo_bucket}" if config.photo_bucket else config.photo_dir.resolve()
    )
    return f"Shoebox is at http://{config.host}:{config.port} and keeps its photos in {kept}."


if __name__ == "__main__":
    main()
