"""The cursors of listings, also of photos that a listing should not have.

Covers app.web.listings.archive_listings, whose pages are in tests/web/pages/archive.
"""

from datetime import UTC, datetime

from app.domain.listings.archive import Period
from app.domain.photo_ids import MIN_ID
from app.web.listings.cursors import PHOTO_IDS, PositionCursors
from tests.backends import make_photo


def test_cursors_of_photos_are_cursors() -> None:
    """They are after the first cursor."""
    summary = make_photo(taken_at=datetime(2026, 11, 1, tzinfo=UTC)).summary
    for cursors in (PHOTO_IDS, PositionCursors(Period(2026)), PositionCursors(Period(2026, 11))):
        assert cursors.is_cursor(cursors.first)
        assert cursors.is_cursor(cursors.of(summary))
        assert cursors.first < cursors.of(summary)


def test_a_photo_without_a_date_has_the_first_position() -> None:
    assert PositionCursors(Period(2026)).of(make_photo().summary) == f"0000T000000-{MIN_ID}"
