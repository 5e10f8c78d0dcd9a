"""The buttons of the pages that change all photos of a contributor."""

import re
from html import unescape

from werkzeug.test import TestResponse

from tests.visitor import Visitor


def run(admin: Visitor, path: str) -> tuple[TestResponse, list[str]]:
    """Press the button of each page until there is none. Return the last page, and all pages."""
    return press_on(admin, admin.get(path))


def press_on(admin: Visitor, page: TestResponse) -> tuple[TestResponse, list[str]]:
    """Press the button of the page, and so on: see `run`."""
    pages = []
    for _ in range(20):
        pages.append(page.text)
        if button_url(page) is None:
            return page, pages
        answer = press(admin, page)
        assert answer.status_code == 303, answer.text
        page = admin.get(answer.location)
    raise AssertionError("the action does not end")


def press(admin: Visitor, page: TestResponse) -> TestResponse:
    """Press the button of the page."""
    return admin.post(button_url(page) or "", token(admin))


def button_url(page: TestResponse) -> str | None:
    found = re.search(r'id="action"\s+action="([^"]+)"', page.text)
    return unescape(found[1]) if found else None


def token(visitor: Visitor) -> dict[str, str]:
    return {"csrf_token": visitor.fields("/upload")["csrf_token"]}
