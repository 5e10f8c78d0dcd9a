"""The `sizes` of gallery photos on phones."""

from app.domain.photo import PhotoSummary
from app.web.rendering.image_sizes import phone_sizes
from tests.sample_photos import make_photo

LANDSCAPE, PORTRAIT, WIDE = (4032, 3024), (3024, 4032), (8000, 1000)


def summary(size: tuple[int, int]) -> PhotoSummary:
    width, height = size
    return make_photo(width=width, height=height).summary


def sizes(*shapes: tuple[int, int]) -> list[str]:
    return [phones for _, phones in phone_sizes([summary(shape) for shape in shapes])]


def test_a_photo_alone_in_its_row_has_the_window_s_width() -> None:
    """Landscapes and panoramas alone in a row take nearly the whole width."""
    assert sizes(LANDSCAPE, WIDE, LANDSCAPE)[:2] == ["83vw", "83vw"]


def test_photos_in_one_row_share_the_width() -> None:
    """Two portraits side by side take half of the width each."""
    assert sizes(PORTRAIT, PORTRAIT, WIDE)[:2] == ["41vw", "41vw"]


def test_sizes_differ_where_rows_break_differently() -> None:
    """A portrait that shares its row only on wide phones is smaller there."""
    assert sizes(PORTRAIT, (4242, 2828))[0] == "(min-width: 25.6em) 27vw, 82vw"


def test_every_photo_is_returned_in_order() -> None:
    """All summaries are returned in their order."""
    summaries = [summary(shape) for shape in (LANDSCAPE, PORTRAIT, WIDE) * 3]
    assert [shown for shown, _ in phone_sizes(summaries)] == summaries
    assert list(phone_sizes([])) == []
