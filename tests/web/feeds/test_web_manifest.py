"""The web app manifest."""

import json
import re
from typing import Any

from tests.visitor import Visitor


def test_icons_of_the_manifest_exist(visitor: Visitor) -> None:
    """Every icon, and the one for Apple devices, is a PNG that caches may store forever."""
    page = visitor.get("/").text
    [address] = re.findall(r'<link rel="manifest" href="([^"]+)"', page)
    answer = visitor.get(address)
    assert answer.mimetype == "application/manifest+json"
    manifest: dict[str, Any] = json.loads(answer.text)
    [touch] = re.findall(r'<link rel="apple-touch-icon" href="([^"]+)"', page)
    for icon in (*(icon["src"] for icon in manifest["icons"]), touch):
        found = visitor.get(icon)
        assert (found.status_code, found.mimetype) == (200, "image/png")
        assert found.cache_control.immutable
    assert {"any", "maskable"} == {icon.get("purpose", "any") for icon in manifest["icons"]}
