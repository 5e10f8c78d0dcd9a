"""Define the limits of the HTTP server."""

from dataclasses import dataclass
from typing import Self

from app.config import Config
from app.web.middleware.form_limits import MAX_SMALL_FORM_BYTES

THREADS = 690  # as many as a gunicorn worker has: see deploy/gunicorn.conf.py
MAX_CONNECTIONS = 1200
MAX_CONNECTIONS_PER_ADDRESS = 600  # three for each of 150 guests of a party, and those who look on
# A client sends the next request when it has the response, so a second one may already arrive while
# the thread of the first one finishes. Browsers do not pipeline requests.
MAX_REQUESTS_AT_ONCE = 2

HEADER_SECONDS = 10.0  # for the headers of a request, and for the first byte of a connection
IDLE_SECONDS = 75  # without any byte: between two requests, or while the client reads nothing
BODY_SECONDS = 60.0  # and one second more for each kB that has arrived
MIN_BODY_RATE = 1000  # bytes a second
# Of a stopping server: longer than the longest form (see deploy/gunicorn.conf.py).
GRACEFUL_SECONDS = 140.0

MAX_HEADER_BYTES = 32_768  # of a request, as nginx allows by default
MAX_HEADERS = 100
DISCARDED_BYTES = 2**31  # a client that sends a larger body has its connection closed
RECEIVE_BYTES = 16_384  # in one call
SEND_BYTES = 65_536  # in one call
SEND_BUFFER_BYTES = 262_144  # of the system for one connection; Linux takes 4 MB by default
STREAM_BYTES = 131_072  # of a ZIP file, in memory; the thread waits until fewer are unsent
MEMORY_BYTES = 262_144  # of one body or response; more is stored in a temporary file


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """The limits of request bodies.

    Args:
        max_upload_form: The most bytes of an upload form.
        max_small_form: The most bytes of every other form.
        total: The bytes of all requests that are being received or answered, above which the
            network that has sent most of them gives way to others.
        per_network: The most bytes of one IPv4 address or IPv6 network.
        proxy_hops: The number of proxies that set X-Forwarded-For.
        upload_path: The path of the upload form.
    """

    max_upload_form: int
    total: int
    per_network: int
    proxy_hops: int = 0
    upload_path: str = "/upload"

    @classmethod
    def of(cls, config: Config) -> Self:
        """Return the limits of a site: all together may send four of the largest forms."""
        largest = config.max_request_bytes
        return cls(
            max_upload_form=largest,
            total=4 * largest,
            per_network=2 * largest,
            proxy_hops=config.proxy_hops,
            upload_path=f"{config.script_name}/upload",
        )

    def for_request(self, method: str, path: str) -> int:
        """Return the most bytes of a body with this method and path."""
        is_upload = method == "POST" and path == self.upload_path
        return self.max_upload_form if is_upload else MAX_SMALL_FORM_BYTES
