"""Rendition sizes."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.rendition_sizes import MAX_JPEG_EDGE, RENDITION_WIDTHS, rendition_sizes

REPEATABLE = settings(derandomize=True, database=None, deadline=None)
edges = st.integers(1, 100_000)


@given(edges, edges)
@REPEATABLE
def test_renditions_are_never_larger_than_the_photo(width: int, height: int) -> None:
    """Renditions are no larger than the photo, ascend strictly, and each fits in a JPEG."""
    sizes = rendition_sizes(width, height)
    widths = [size[0] for size in sizes]
    assert widths == sorted(set(widths))
    assert widths[0] >= 1
    assert widths[-1] <= min(width, RENDITION_WIDTHS[-1])
    assert all(1 <= size[1] <= min(height, MAX_JPEG_EDGE) for size in sizes)
