"""A link or a setting fills in tags of the upload form."""

import re
from dataclasses import replace
from html import unescape

import pytest

from app import create_app
from app.config import Config
from app.services.factory import Services
from tests.visitor import Visitor


def filled_tags(visitor: Visitor, path: str) -> str:
    tags = re.search(r'<input [^>]*name="tags"[^>]*value="([^"]*)"', visitor.get(path).text)
    assert tags
    return unescape(tags[1])


@pytest.mark.parametrize(
    ("link", "filled"),
    [
        ("", "summer 26"),
        ("?tags=lake,%20Evening,summer%2026", "summer 26, lake, evening"),
        ("?tags=%22%3E%3Cb%3E", 'summer 26, "><b>'),
        ("?tags=" + "x" * 100, "summer 26"),
        ("?tags=" + ",".join(map(str, range(30))), "summer 26"),
        ("?tags=", "summer 26"),
    ],
)
def test_a_link_and_a_setting_fill_in_tags(
    config: Config, services: Services, link: str, filled: str
) -> None:
    """A link with an invalid tag fills in nothing. Visitors can change what is filled in."""
    visitor = Visitor(create_app(replace(config, site_tags=("summer 26",)), services))
    assert filled_tags(visitor, f"/upload{link}") == filled


def test_tags_that_are_filled_in_are_shown_beside_the_closed_fields(visitor: Visitor) -> None:
    summary = re.search(
        r"<summary>Details for all photos.*?</summary>", visitor.get("/upload").text
    )
    assert summary
    assert "<span" not in summary[0]
    assert (
        '<span class="hint" dir="auto">lake, sea</span>'
        in visitor.get("/upload?tags=lake,sea").text
    )
