"""What a phone is told to fetch for the gallery."""

from app.domain.photo import PhotoSummary
from app.web.rendering.image_sizes import phone_sizes
from tests.sample_photos import make_photo

LANDSCAPE, PORTRAIT, WIDE = (4032, 3024), (3024, 4032), (8000, 1000)


def summary(size: tuple[int, int]) -> PhotoSummary:
    width, height = size
    return make_photo(width=width, height=height).summary


def sizes(*shapes: tuple[int, int]) -> list[str]:
    return [phones for _, phones in phone_sizes([summary(shape) for shape in shapes])]


def test_a_photo_that_fills_its_row_is_fetched_at_the_window_s_width() -> None:
    """Landscapes and panoramas, each alone in its row, take nearly the whole width."""
    assert sizes(LANDSCAPE, WIDE, LANDSCAPE)[:2] == ["83vw", "83vw"]


def test_photos_that_share_a_row_are_fetched_at_their_share() -> None:
    """Two portraits side by side take half of the width each."""
    assert sizes(PORTRAIT, PORTRAIT, WIDE)[:2] == ["41vw", "41vw"]


def test_narrow_and_wide_phones_are_told_apart_where_their_rows_differ() -> None:
    """A portrait that has room beside its neighbour on wide phones alone is fetched smaller there."""
    assert sizes(PORTRAIT, (4242, 2828))[0] == "(min-width: 25.6em) 27vw, 82vw"


def test_no_photo_is_lost() -> None:
    """Every summary comes back in its order."""
    summaries = [summary(shape) for shape in (LANDSCAPE, PORTRAIT, WIDE) * 3]
    assert [shown for shown, _ in phone_sizes(summaries)] == summaries
    assert list(phone_sizes([])) == []
