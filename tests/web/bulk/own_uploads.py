"""Forms of the page of own uploads, as a browser sends them, and the photos on the page."""

import re
from collections.abc import Iterable
from typing import Any

from werkzeug.test import TestResponse

from tests.visitor import Visitor

TAGS = "/photos/select/tags?in=uploads"
DELETE = "/photos/select/delete?in=uploads"
RESTORE = "/photos/select/restore?in=deleted"


def send(visitor: Visitor, path: str, photo_ids: Iterable[str], **typed: Any) -> TestResponse:
    """Select photos, and press one of the buttons of the page."""
    token = visitor.fields("/upload")["csrf_token"]
    return visitor.post(path, {"csrf_token": token, "photo": list(photo_ids), **typed})


def selectable(page: str) -> list[str]:
    """The photos that can be selected, in their order."""
    return re.findall(r'type="checkbox" name="photo" value="(\w+)"', page)


def selected(page: str) -> list[str]:
    return re.findall(r'type="checkbox" name="photo" value="(\w+)"\s+checked', page)
