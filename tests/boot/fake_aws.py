"""Instance metadata, and moto behind a check of credentials."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

METADATA, AWS, AUTHORITY = "169.254.169.254", "198.51.100.1", "198.51.100.2"
KEY_ID = "ASIABOOTTESTBOOTTEST"
LATE = 5  # seconds after launch until the role's credentials are available


class FakeAws:
    """Serves from threads of this process. `revoked` removes the role."""

    def __init__(self) -> None:
        self.revoked = False
        self._began = time.monotonic()
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._one_at_a_time = threading.Lock()  # moto loses updates otherwise

    def start(self) -> None:
        aws = make_server(AWS, 80, self.answer, threaded=True)
        handler: Any = aws.RequestHandlerClass
        handler.log_request = lambda *_: None
        metadata = ThreadingHTTPServer((METADATA, 80), _metadata(self))
        for server in (aws, metadata):
            threading.Thread(target=server.serve_forever, daemon=True).start()

    def answer(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Accept signed requests only with the role's credentials, as AWS does."""
        signature = Request(environ).headers.get("Authorization", "")
        if signature and (self.revoked or f"Credential={KEY_ID}/" not in signature):
            return _denied("dynamodb" in signature or "/ssm/" in signature)(environ, start_response)
        with self._one_at_a_time:
            return list(self._moto(environ, start_response))

    def metadata(self, path: str) -> str | None:
        """Return the value of a path under latest/meta-data/, or None."""
        here = not self.revoked and time.monotonic() - self._began > LATE
        role = {
            "Code": "Success",
            "Type": "AWS-HMAC",
            "AccessKeyId": KEY_ID,
            "SecretAccessKey": "secret",
            "Token": "token",
            "LastUpdated": "2026-01-01T00:00:00Z",
            "Expiration": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 6 * 3600)),
        }
        known = {"public-ipv4": "10.99.0.2", "placement/region": "us-east-1"}
        if here:
            known |= {
                "iam/security-credentials/": "shoebox",
                "iam/security-credentials/shoebox": json.dumps(role),
            }
        return known.get(path)


def _denied(json_answer: bool) -> Response:
    if json_answer:
        body = json.dumps({"__type": "AccessDeniedException", "message": "The role is revoked."})
        return Response(body, 400, content_type="application/x-amz-json-1.0")
    return Response("<Error><Code>AccessDenied</Code></Error>", 403, content_type="application/xml")


def _metadata(fake_aws: FakeAws) -> Callable[..., BaseHTTPRequestHandler]:
    class Metadata(BaseHTTPRequestHandler):
        """Issue an IMDSv2 token."""

        def do_PUT(self) -> None:
            self._send("token" if self.path == "/latest/api/token" else None)

        def do_GET(self) -> None:
            path = re.sub("^/latest/meta-data/", "", self.path)
            self._send(
                fake_aws.metadata(path)
                if self.headers.get("X-aws-ec2-metadata-token") == "token"
                else None
            )

        def _send(self, text: str | None) -> None:
            self.send_response(200 if text is not None else 404)
            self.end_headers()
            self.wfile.write((text or "").encode())

        def log_message(self, *_: Any) -> None:
            pass

    return Metadata
