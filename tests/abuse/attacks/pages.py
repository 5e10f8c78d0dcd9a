"""Attacks with pages: many clients request those that read the most, all the time."""

import re
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from html import unescape
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from itertools import cycle
from urllib.parse import urlsplit

from tests.abuse.attacks.client import TIMEOUT, from_many_clients
from tests.abuse.attacks.prober import COOKIE
from tests.abuse.attacks.sites import Site

_SECONDS = 12.0
_FLOOD_CLIENTS = 260  # more than may wait
_FLOOD_PAGES = 720  # that one address may see in that time: 40 a second, and 200 that wait
_PAUSE = 0.05  # seconds after a refusal: the attacker shares the processor with the site
_TAG_CLIENTS = 8
_MAX_PAGE_BYTES = 100_000
_LISTINGS = ("/", "/tags", "/tags?start=", "/search?q=pier", "/tags/tag%20000007", "/feed.xml")
_ALL_TAGS = "/tags?start="
_NEXT_PAGE = re.compile(r'rel="next" href="([^"]+)"')


class _Visitor:
    """Requests pages on one connection, and counts the statuses of the responses."""

    def __init__(self, site: Site, statuses: Counter[int]) -> None:
        self._connection = HTTPConnection(urlsplit(site.url).netloc, timeout=TIMEOUT)
        self._statuses = statuses

    def ask(self, path: str) -> str:
        """Return a page, or nothing if the server refused it or closed the connection."""
        try:
            self._connection.request("GET", path, headers=COOKIE)
            response = self._connection.getresponse()
            page = response.read()
        except (OSError, HTTPException):
            self._connection.close()
            return ""
        self._statuses[response.status] += 1
        assert len(page) <= _MAX_PAGE_BYTES, f"{path} has {len(page)} bytes"
        return page.decode() if response.status == HTTPStatus.OK else ""

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def flood_of_listings(site: Site) -> None:
    """Request listings as fast as the server answers."""

    def flood(visitor: _Visitor, end: float) -> None:
        for path in cycle(_LISTINGS):
            if time.monotonic() > end:
                return
            if not visitor.ask(path):
                time.sleep(_PAUSE)

    statuses = _from_many_visitors(site, flood, _FLOOD_CLIENTS)
    assert set(statuses) == {200, 429}, f"not all pages were served or refused: {statuses}"
    assert statuses[200] <= _FLOOD_PAGES, f"{statuses[200]} pages were served"


def pages_of_tags(site: Site) -> None:
    """Request the most used tags, then all tags by name, one page after the other."""

    def browse(visitor: _Visitor, end: float) -> None:
        path = _ALL_TAGS
        while time.monotonic() < end:
            visitor.ask("/tags")
            next_page = _NEXT_PAGE.search(visitor.ask(path))
            path = unescape(next_page.group(1)) if next_page else _ALL_TAGS

    statuses = _from_many_visitors(site, browse, _TAG_CLIENTS)
    assert set(statuses) == {200}, f"pages of tags failed: {statuses}"


def _from_many_visitors(
    site: Site, visit: Callable[[_Visitor, float], None], clients: int
) -> Counter[int]:
    """Let many visitors act until a time is over, and return the number of each status."""
    statuses: Counter[int] = Counter()
    end = time.monotonic() + _SECONDS

    def act() -> None:
        with closing(_Visitor(site, statuses)) as visitor:
            visit(visitor, end)

    from_many_clients(act, clients)
    return statuses
