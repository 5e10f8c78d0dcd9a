"""A request that is wrong in one way."""

from dataclasses import dataclass, replace
from typing import Any

from tests.abuse.hostile_requests.bodies import BOUNDARY


@dataclass(slots=True)
class Part:
    """One part of a form: a text, or a file where it has a file name."""

    name: str
    content: bytes
    filename: bytes | None = None

    def encoded(self) -> bytes:
        """Return the part of a multipart body. Nothing is escaped."""
        disposition = b'Content-Disposition: form-data; name="%b"' % self.name.encode()
        if self.filename is not None:
            disposition += b'; filename="%b"\r\nContent-Type: image/jpeg' % self.filename
        return b"--%b\r\n%b\r\n\r\n%b\r\n" % (BOUNDARY, disposition, self.content)


@dataclass(slots=True)
class HostileRequest:
    """A request to one endpoint, and how it is wrong: for example ("title", "NUL")."""

    endpoint: str
    method: str
    path: bytes
    wrong: tuple[str, str]
    query: bytes = b""
    body: bytes = b""
    content_type: str | None = None
    host: bytes = b"localhost"
    parts: tuple[Part, ...] = ()

    def encoded(self) -> "HostileRequest":
        """Return the request with its parts as the body. Most requests are never sent."""
        if not self.parts:
            return self
        body = b"".join(part.encoded() for part in self.parts) + b"--%b--\r\n" % BOUNDARY
        return replace(self, body=body, parts=())

    def options(self) -> dict[str, Any]:
        """Return the arguments of the test client; WSGI decodes URLs as Latin-1 (PEP 3333)."""
        url = {
            "HTTP_HOST": self.host.decode("latin-1"),
            "PATH_INFO": self.path.decode("latin-1"),
            "QUERY_STRING": self.query.decode("latin-1"),
        }
        return {
            "method": self.method,
            "data": self.encoded().body,
            "content_type": self.content_type,
            "environ_overrides": url,
        }
