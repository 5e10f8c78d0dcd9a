"""A small client of WebDriver BiDi (https://w3c.github.io/webdriver-bidi/), to drive Firefox.

Playwright needs a Firefox build of its own and Selenium needs geckodriver. No package registry has
either of them. Debian's Firefox itself speaks BiDi.
"""

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

TIMEOUT = 60.0  # seconds; pages are slow while other tests run
_POLL_SECONDS = 0.1
_LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
PLAIN_HTTP_HOST = "photos.example"  # unlike 127.0.0.1, an insecure context
_PREFERENCES = {
    "network.dns.localDomains": PLAIN_HTTP_HOST,
    # No requests of its own.
    "app.update.enabled": False,
    "browser.safebrowsing.update.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.getAddons.cache.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.http.speculative-parallel-limit": 0,  # the server would wait for their requests
}


class BidiError(Exception):
    """Firefox refused a command."""


class Firefox:
    """A running Firefox."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._last_id = 0
        self.log_entries: list[dict[str, Any]] = []
        self.send("session.new", capabilities={})
        self.send("session.subscribe", events=["log.entryAdded"])

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its result. Raises BidiError."""
        self._last_id += 1
        command = {"id": self._last_id, "method": method, "params": parameters}
        self._connection.send(json.dumps(command))
        while True:
            answer = json.loads(self._connection.recv(timeout=TIMEOUT))
            if answer["type"] == "event":
                self.log_entries.append(answer["params"])
            elif answer["id"] == self._last_id:
                break
        if answer["type"] == "error":
            raise BidiError(f"{method}: {answer['error']}: {answer['message']}")
        result: dict[str, Any] = answer["result"]
        return result

    @contextmanager
    def new_tab(self, width: int, height: int) -> Iterator["Tab"]:
        """Open a tab that shares no cookies with other tabs, and close it."""
        user_context = self.send("browser.createUserContext")["userContext"]
        created = self.send("browsingContext.create", type="tab", userContext=user_context)
        viewport = {"width": width, "height": height}
        self.send("browsingContext.setViewport", context=created["context"], viewport=viewport)
        self.log_entries.clear()
        yield Tab(self, created["context"])
        self.send("browser.removeUserContext", userContext=user_context)


class Tab:
    """A tab. Selectors are CSS selectors."""

    def __init__(self, firefox: Firefox, context: str) -> None:
        self._firefox = firefox
        self._context = context

    @property
    def url(self) -> str:
        """The address of the page."""
        return str(self.evaluate("location.href"))

    @property
    def errors(self) -> list[str]:
        """The errors and warnings of the console, with violated content security policies."""
        self.evaluate("0")  # receives the entries so far
        entries = self._firefox.log_entries
        return [str(entry["text"]) for entry in entries if entry["level"] in {"error", "warn"}]

    def goto(self, url: str) -> None:
        """Open a page and wait until it has loaded."""
        self._firefox.send(
            "browsingContext.navigate", context=self._context, url=url, wait="complete"
        )

    def evaluate(self, expression: str) -> Any:
        """Return the value of a JavaScript expression, or of its promise, as JSON."""
        answer = self._firefox.send(
            "script.evaluate",
            expression=f"(async () => JSON.stringify((await ({expression})) ?? null))()",
            target={"context": self._context},
            awaitPromise=True,
        )
        if answer["type"] == "exception":
            raise BidiError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def wait_for(self, expression: str) -> Any:
        """Wait until an expression is true, also on the next page. Return its value."""
        deadline = time.monotonic() + TIMEOUT
        while True:
            try:
                if value := self.evaluate(expression):
                    return value
            except BidiError:  # the page is being replaced
                if time.monotonic() > deadline:
                    raise
            assert time.monotonic() < deadline, f"not within {TIMEOUT:.0f} s: {expression}"
            time.sleep(_POLL_SECONDS)

    def choose_files(self, selector: str, files: Sequence[Path]) -> None:
        """Choose the files in an <input type="file">."""
        locator = {"type": "css", "value": selector}
        found = self._firefox.send(
            "browsingContext.locateNodes", context=self._context, locator=locator
        )
        self._firefox.send(
            "input.setFiles",
            context=self._context,
            element={"sharedId": found["nodes"][0]["sharedId"]},
            files=[str(path) for path in files],
        )

    def click(self, selector: str) -> None:
        """Click an element."""
        self.evaluate(f"document.querySelector({json.dumps(selector)}).click()")


@contextmanager
def start_firefox(executable: str, profile: Path) -> Iterator[Firefox]:
    """Start a headless Firefox with a new profile in the folder `profile`, and end it."""
    lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in _PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines))
    process = subprocess.Popen(
        [executable, "--headless", "--remote-debugging-port=0", "--profile", str(profile)],
        env={**os.environ, "HOME": str(profile)},  # it refuses a HOME of another user
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        # The thread of its pings would change the state of `random`, which Hypothesis reports as an
        # error of a test that runs at that moment.
        options: dict[str, Any] = {"max_size": None, "close_timeout": 0, "ping_interval": None}
        with connect(f"{_address_of(process)}/session", **options) as connection:
            yield Firefox(connection)
    finally:
        process.kill()  # its profile is not used again
        process.communicate()


def _address_of(process: subprocess.Popen[str]) -> str:
    output = []
    assert process.stderr
    for line in process.stderr:
        if listening := _LISTENING.search(line):
            return listening[1]
        output.append(line)
    raise BidiError("Firefox does not start: " + "".join(output))
