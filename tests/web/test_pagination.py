"""Cursors in the URL."""

import pytest
from flask import Flask

from app.domain.errors import PhotoNotFound
from app.domain.pages import Page
from app.web.pagination import cursor_parameters, cursors, is_past_newest

PHOTO_ID = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


def test_cursors_are_photo_ids() -> None:
    """A cursor that is missing or empty is None."""
    app = Flask("test")
    with app.test_request_context(f"/?before={PHOTO_ID}&after="):
        assert cursors() == (PHOTO_ID, None)
        assert cursor_parameters() == {"before": PHOTO_ID}
    with app.test_request_context("/?before=nonsense"), pytest.raises(PhotoNotFound):
        cursors()


@pytest.mark.parametrize(
    ("query", "newer", "expected"),
    [("", None, False), (f"?after={PHOTO_ID}", None, True), (f"?after={PHOTO_ID}", "x", False)],
)
def test_newest_photos_are_shown_on_the_first_page(
    query: str, newer: str | None, *, expected: bool
) -> None:
    """A page that `after` leads to and that has no newer page is the first page, but not full."""
    with Flask("test").test_request_context(f"/{query}"):
        assert is_past_newest(Page((), None, newer)) is expected
