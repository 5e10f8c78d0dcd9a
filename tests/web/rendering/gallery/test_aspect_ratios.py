"""The CSS classes of aspect ratios."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.rendering.gallery.aspect_ratios import aspect_ratio_class, frame_ratio, width_share
from tests.sample_photos import make_photo
from tests.server.site import ROOT

STYLESHEET = (ROOT / "static" / "css" / "components.css").read_text()

edges = st.integers(1, 50_000)


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        (3000, 3000, "ar a7"),
        (4032, 3024, "ar a8"),
        (3024, 4032, "ar a6"),
        (6000, 4000, "ar a8 b4"),
        (1920, 1080, "ar a8 b9 c6"),
        (100, 1000, "ar a2"),
        (20_000, 1000, "ar a13 b3"),
    ],
)
def test_classes_of_a_photo(width: int, height: int, expected: str) -> None:
    """Common ratios have few digits, and extreme ones are those of the longest frames."""
    assert aspect_ratio_class(make_photo(width=width, height=height)) == expected


@given(edges, edges)
def test_frames_have_the_ratio_of_their_photo(width: int, height: int) -> None:
    """From 1:5 to 8:1 a frame has the photo's ratio within 0.4 %."""
    photo = make_photo(width=width, height=height)
    ratio = width / height
    if 0.2 <= ratio <= 8:
        assert frame_ratio(width_share(photo)) == pytest.approx(ratio, rel=0.004)


@given(edges, edges)
def test_every_class_is_in_the_stylesheet(width: int, height: int) -> None:
    """The stylesheet has a rule for each digit."""
    _, *digits = aspect_ratio_class(make_photo(width=width, height=height)).split()
    for digit in digits:
        assert f".{digit} {{ --{digit[0]}: {digit[1:]} }}" in STYLESHEET
