"""The accessible names of the checkboxes of photos on a page."""

import re
from html import unescape

_CHECKBOX = re.compile(
    r'<label>(<input type="checkbox" name="photo"[^>]*>)(.*?)</label>', re.DOTALL
)
_LABELLED_BY = re.compile(r'aria-labelledby="([^"]*)"')


def checkbox_names(page: str) -> list[str]:
    """Return the names that screen readers say, in the order of the page."""
    return [_name(page, box, label) for box, label in _CHECKBOX.findall(page)]


def _name(page: str, box: str, label: str) -> str:
    found = _LABELLED_BY.search(box)
    parts = [_content(page, each) for each in found.group(1).split()] if found else [label]
    return " ".join(_text(part) for part in parts)


def _content(page: str, element_id: str) -> str:
    """Return what a part of an item of the list has: it ends with the label or the item."""
    found = re.search(rf' id="{element_id}">(.*?)</(?:label|li)>', page, re.DOTALL)
    assert found
    return found.group(1)


def _text(part: str) -> str:
    return " ".join(unescape(re.sub("<[^>]*>", "", part)).split())
