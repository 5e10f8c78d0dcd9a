"""Rendition sizes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.image.rendition_sizes import (
    AVIF,
    JPEG,
    JPEG_WIDTHS,
    MAX_AVIF_PIXELS,
    MAX_JPEG_EDGE,
    MAX_PORTRAIT_WIDTH,
    PORTRAIT_AVIF_WIDTHS,
    RenditionSize,
    rendition_sizes,
)

REPEATABLE = settings(derandomize=True, database=None)
edges = st.integers(1, 100_000)


def sizes_as(content_type: str, width: int, height: int) -> list[RenditionSize]:
    return [size for size in rendition_sizes(width, height) if size.content_type == content_type]


@given(edges, edges)
@REPEATABLE
def test_renditions_are_never_larger_than_the_photo(width: int, height: int) -> None:
    """Renditions are no larger than the photo, ascend strictly, and each fits in a JPEG."""
    sizes = rendition_sizes(width, height)
    jpegs = sizes_as(JPEG, width, height)
    assert list(sizes) == sorted(set(sizes))
    assert sizes[0].width >= 1
    assert sizes[-1] == jpegs[-1]
    most = JPEG_WIDTHS[-1] if width > height else MAX_PORTRAIT_WIDTH
    assert jpegs[-1].width <= min(width, most)
    assert all(1 <= size.height <= min(height, MAX_JPEG_EDGE) for size in sizes)


@given(edges, edges)
@REPEATABLE
def test_the_pixels_of_avifs_are_limited(width: int, height: int) -> None:
    """However tall a photo is, its AVIFs take little time; each is as wide as the table says."""
    avifs = sizes_as(AVIF, width, height)
    assert {size.width for size in avifs} <= set(PORTRAIT_AVIF_WIDTHS)
    assert all(size.width * size.height <= MAX_AVIF_PIXELS for size in avifs)


@pytest.mark.parametrize(
    ("width", "height", "widest"),
    [(4032, 3024, 3200), (3024, 4032, 2048), (3000, 3000, 2048), (2400, 1600, 2400)],
)
def test_only_a_photo_that_is_wider_than_high_has_the_widest_jpeg(
    width: int, height: int, widest: int
) -> None:
    """A screen of 2 000 lines shows at most 2 000 pixels of the width of the others."""
    assert sizes_as(JPEG, width, height)[-1].width == widest


@pytest.mark.parametrize(
    ("width", "height", "narrowest"),
    [(4032, 3024, 320), (3001, 3000, 320), (3000, 3000, 200), (3024, 4032, 200), (199, 300, None)],
)
def test_only_a_photo_that_is_not_wider_than_high_has_the_narrowest_avif(
    width: int, height: int, narrowest: int | None
) -> None:
    """A gallery shows the others wider than that."""
    widths = [size.width for size in sizes_as(AVIF, width, height)]
    assert min(widths, default=None) == narrowest


@pytest.mark.parametrize(
    ("size", "full", "objects"),
    [
        *(((6000, 4000), False, 12), ((4000, 6000), False, 12)),
        *(((6000, 4000), True, 12), ((4000, 6000), True, 12)),
    ],
)
def test_the_number_of_objects_is_limited(
    size: tuple[int, int], objects: int, *, full: bool
) -> None:
    """Its renditions, its original and its sidecar: each is a request that costs money."""
    assert len(rendition_sizes(*size, full=full)) + 2 == objects
