"""The size of photos on phones."""

import re
from html import unescape

import pytest

from tests.visitor import Visitor

LINK = re.compile(r'<a class="photo-size[^>]* href="([^"]*)">([^<]*)</a>')


def size_link(page: str) -> tuple[str, str]:
    """Return the address and the text of the link to the other size."""
    [(address, text)] = LINK.findall(page)
    return unescape(address), text


@pytest.mark.parametrize("path", ["/", "/tags/sea", "/search?q=pier"])
def test_every_listing_links_to_larger_photos(visitor: Visitor, path: str) -> None:
    """The link changes the size and keeps the other parameters; another link leads back."""
    visitor.add(title="Pier", tags="sea")
    page, _, query = path.partition("?")
    address, text = size_link(visitor.get(path).text)
    assert text == "Larger photos"
    large = visitor.get(page + address).text
    assert 'class="days large"' in large
    assert size_link(large) == (f"?{query}", "Smaller photos")


def test_another_value_is_ignored(visitor: Visitor) -> None:
    """Only the value `large` has a meaning."""
    visitor.add()
    assert size_link(visitor.get("/?size=huge").text) == ("?size=large", "Larger photos")
