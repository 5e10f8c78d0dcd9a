"""The CSS classes of aspect ratios."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.rendering.aspect_ratios import aspect_ratio_class, frame_ratio, width_share
from tests.sample_photos import make_photo
from tests.server.site import ROOT

edges = st.integers(1, 50_000)


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        (3000, 3000, "ar-70"),
        (4032, 3024, "ar-80"),
        (100, 1000, "ar-35 uncropped"),
        (14_000, 1000, "ar-130 uncropped"),
    ],
)
def test_class_of_a_photo(width: int, height: int, expected: str) -> None:
    """Common ratios are whole numbers. Extreme ones are not cropped."""
    assert aspect_ratio_class(make_photo(width=width, height=height)) == expected


@given(edges, edges)
def test_frames_crop_little(width: int, height: int) -> None:
    """A frame has the photo's ratio within 2 %, that of a panorama within 6 %, or crops nothing."""
    photo = make_photo(width=width, height=height)
    ratio = width / height
    if "uncropped" not in aspect_ratio_class(photo):
        allowed = 0.06 if ratio > 3 else 0.02
        assert frame_ratio(width_share(photo)) == pytest.approx(ratio, rel=allowed)


def test_every_class_is_in_the_stylesheet() -> None:
    """The stylesheet has a rule for each number."""
    stylesheet = (ROOT / "static" / "css" / "components.css").read_text()
    for share in range(35, 131):
        assert f".ar-{share} {{ --width-share: {share} }}" in stylesheet
