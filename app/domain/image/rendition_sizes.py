"""The sizes and formats of a photo's renditions."""

from collections.abc import Iterable
from typing import NamedTuple

JPEG = "image/jpeg"
AVIF = "image/avif"

# Every browser, mail program and feed reader shows JPEG.
JPEG_WIDTHS = (320, 640, 1280, 1600, 2048, 3200)
# A portrait is not wider than high. A screen of 2 000 lines shows at most 2 000 columns of it.
MAX_PORTRAIT_WIDTH = 2048
# AVIF takes fewer bytes, but encoding takes long: the widths that galleries and phones show.
AVIF_WIDTHS = (320, 480, 640, 960)
# The rows of a gallery show portraits narrower than other photos.
PORTRAIT_AVIF_WIDTHS = (200, *AVIF_WIDTHS)
MAX_HEIGHT = 16_384  # pixels; phones do not show a taller image, so it gets narrower
MAX_JPEG_EDGE = 65_500  # pixels; libjpeg's JPEG_MAX_DIMENSION
MIN_CREDIT_WIDTH = 640  # of a rendition that states the credit, which is about 1 kB
MAX_AVIF_PIXELS = 2_500_000  # limits the time of a tall photo: 960 × 2 604 pixels


class RenditionSize(NamedTuple):
    """The size in pixels and the content type of one rendition."""

    width: int
    height: int
    content_type: str


def rendition_sizes(width: int, height: int, *, full: bool = False) -> tuple[RenditionSize, ...]:
    """Return the sizes of a photo's renditions, smallest first.

    The JPEGs have the JPEG widths below the photo's own, and then its own width up to the largest
    JPEG width, or up to `MAX_PORTRAIT_WIDTH` for a portrait. The AVIFs have the AVIF widths that
    the photo reaches. No photo is enlarged.

    Args:
        width: The width in pixels of the upright photo.
        height: Its height in pixels.
        full: Whether browsers do not show the original. A JPEG as wide as the photo then replaces
            the largest of the JPEGs.
    """
    is_portrait = width <= height
    most = MAX_PORTRAIT_WIDTH if is_portrait else JPEG_WIDTHS[-1]
    widest = max(1, min(width, width if full else most, MAX_HEIGHT * width // height))
    narrower = [each for each in JPEG_WIDTHS if each < min(widest, most)]
    jpegs = _sizes_at((*narrower, widest), width, height, JPEG)
    avif_widths = PORTRAIT_AVIF_WIDTHS if is_portrait else AVIF_WIDTHS
    reached = [each for each in avif_widths if each <= widest]
    avifs = _sizes_at(reached, width, height, AVIF)
    small_avifs = [avif for avif in avifs if avif.width * avif.height <= MAX_AVIF_PIXELS]
    return tuple(sorted([*jpegs, *small_avifs]))


def _sizes_at(
    widths: Iterable[int], width: int, height: int, content_type: str
) -> list[RenditionSize]:
    """Return the sizes of a photo resized to each of the widths."""
    return [RenditionSize(each, height_at(each, width, height), content_type) for each in widths]


def height_at(rendition_width: int, width: int, height: int) -> int:
    """Return the height in pixels of a photo resized to `rendition_width`, as a JPEG can have."""
    return min(max(1, round(height * rendition_width / width)), MAX_JPEG_EDGE)
