"""A browser without a screen: it keeps cookies and connections, and remembers every answer."""

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from html import unescape
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.server.client import BOUNDARY, multipart

NO_ANSWER = 0  # the status of a request whose connection failed, as for XMLHttpRequest
JSON = MappingProxyType({"Accept": "application/json", "X-Requested-With": "fetch"})
_TIMEOUT = 300  # seconds; browsers wait longer
_HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Answer:
    """The response of the site to one request."""

    path: str
    status: int
    seconds: float
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def is_fault(self) -> bool:
        """Whether the site failed. That a form may be sent again later is no fault."""
        is_busy = self.path.startswith("/upload?") and self.retry_after > 0
        return self.status == NO_ANSWER or (self.status >= 500 and not is_busy)

    @property
    def retry_after(self) -> float:
        """Seconds after which the site wants the request again; 0 if it does not say so."""
        return float(self.headers.get("Retry-After", 0))

    def hidden_fields(self) -> dict[str, str]:
        """Return the hidden fields of the forms of the page."""
        tags = [dict(_ATTRIBUTE.findall(tag)) for tag in _HIDDEN.findall(self.text)]
        return {tag["name"]: unescape(tag.get("value", "")) for tag in tags}


class Browser:
    """A browser of the site at `url`. Several threads may send its requests.

    A request takes an open connection that is idle, or opens another one.

    Attributes:
        answers: Every answer, without bodies.
    """

    def __init__(self, url: str) -> None:
        self._address = urlsplit(url).netloc
        self._cookies: dict[str, str] = {}
        self._idle: list[HTTPConnection] = []
        self.answers: list[Answer] = []

    def get(self, path: str, headers: Mapping[str, str] = MappingProxyType({})) -> Answer:
        """Request a page, and the page to which it redirects."""
        answer = self._send("GET", path, b"", headers)
        return self._follow(answer)

    def submit(self, path: str, **fields: str | list[str]) -> Answer:
        """Send a form without files, and request the page to which it redirects."""
        body = urlencode(fields, doseq=True).encode()
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._follow(self._send("POST", path, body, form))

    def post_json(self, path: str, value: object) -> Answer:
        """Send JSON as a script does."""
        body = json.dumps(value).encode()
        return self._send("POST", path, body, JSON | {"Content-Type": "application/json"})

    def upload(self, path: str, photo: bytes, fields: Mapping[str, str]) -> Answer:
        """Send a form with a photo as a script does."""
        kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        return self._send("POST", path, multipart(photo, **fields), JSON | kind)

    def close(self) -> None:
        """Close all connections."""
        while self._idle:
            self._idle.pop().close()

    def _follow(self, answer: Answer) -> Answer:
        if answer.status not in {302, 303}:
            return answer
        location = urlsplit(answer.headers["Location"])
        target = location._replace(scheme="", netloc="", fragment="").geturl()
        return self._send("GET", target, b"", {})

    def _send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        sent = {"Cookie": cookies, "Content-Length": str(len(body)), **headers}
        started = time.monotonic()
        answer = self._exchange(method, path, body, sent, started)
        self.answers.append(replace(answer, body=b""))
        return answer

    def _exchange(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str], started: float
    ) -> Answer:
        connection, is_open = self._take_connection()
        try:
            connection.request(method, path, body, dict(headers))
            response = connection.getresponse()
            content = response.read()
        except (OSError, HTTPException):
            connection.close()
            if is_open:  # the site has closed the idle connection: browsers take another one
                return self._exchange(method, path, body, headers, started)
            return Answer(path, NO_ANSWER, time.monotonic() - started)
        self._idle.append(connection)
        self._keep_cookies(response.headers.get_all("Set-Cookie") or [])
        seconds = time.monotonic() - started
        return Answer(path, response.status, seconds, dict(response.headers), content)

    def _take_connection(self) -> tuple[HTTPConnection, bool]:
        """Return a connection, and whether it was used before."""
        try:
            return self._idle.pop(), True
        except IndexError:  # another thread may have taken the last one
            return HTTPConnection(self._address, timeout=_TIMEOUT), False

    def _keep_cookies(self, headers: list[str]) -> None:
        for header in headers:
            for name, morsel in SimpleCookie(header).items():
                self._cookies[name] = morsel.value


def patiently(ask: Callable[[], Answer]) -> Answer:
    """Ask again as people do, until the site answers something else than "too many requests"."""
    while (answer := ask()).status == HTTPStatus.TOO_MANY_REQUESTS:
        time.sleep(answer.retry_after)
    assert answer.status == HTTPStatus.OK, f"{answer.path}: {answer.status} {answer.body[:500]!r}"
    return answer
