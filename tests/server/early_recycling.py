"""A gunicorn that replaces workers early: `python -m tests.server.early_recycling`."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

from flask import Flask, Response

from app import create_app
from tests.server import gunicorn_site

END = "end"  # long requests end when the photo folder has this file
_POLL_SECONDS = 0.05


class Server(gunicorn_site.Server):
    """A gunicorn whose workers are replaced after some requests."""

    def load_config(self) -> None:
        """Load the settings, and change the number of requests."""
        super().load_config()
        requests = int(os.environ["RECYCLE_AFTER"])
        self.cfg.post_request.__globals__["_RECYCLE_AFTER"] = requests


def site() -> Flask:
    """Create the app with a long request; each response names its process."""
    app = create_app()
    end = Path(os.environ["PHOTO_DIR"]) / END

    @app.get("/-long")
    def answer_slowly() -> Response:
        def parts() -> Iterator[bytes]:
            yield b"started "
            while not end.exists():
                time.sleep(_POLL_SECONDS)
            yield b"done"

        return Response(parts(), headers={"Cache-Control": "no-transform"})

    @app.after_request
    def name_process(response: Response) -> Response:
        response.headers["X-Process"] = str(os.getpid())
        return response

    return app


if __name__ == "__main__":
    gunicorn_site.run(
        "--log-level", "warning", "tests.server.early_recycling:site()", server=Server
    )
