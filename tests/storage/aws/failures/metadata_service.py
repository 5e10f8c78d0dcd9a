"""An instance metadata service."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@contextmanager
def metadata_service(roles: dict[str, Any]) -> Iterator[str]:
    """An instance metadata service (IMDSv2) that serves the credentials in `roles`."""

    class Service(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            self._answer(200, "token")

        def do_GET(self) -> None:
            wanted = self.path.removeprefix("/latest/meta-data/iam/security-credentials/")
            if not roles:
                self._answer(404, "")
            else:
                self._answer(200, json.dumps(roles[wanted]) if wanted else next(iter(roles)))

        def _answer(self, status: int, body: str) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
