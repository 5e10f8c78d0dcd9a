"""The sizes and formats of a photo's renditions."""

from typing import NamedTuple

JPEG = "image/jpeg"
AVIF = "image/avif"

# Every browser, mail program and feed reader shows JPEG.
JPEG_WIDTHS = (320, 640, 1280, 1600, 2048, 3200)
# Of a photo that is not wider than high, a screen of 2 000 lines shows at most 2 000 columns.
MAX_UPRIGHT_WIDTH = 2048
# AVIF takes fewer bytes, but encoding takes long: the widths that galleries and phones show.
AVIF_WIDTHS = (320, 480, 640, 960)
# Of a photo that is not wider than high, which the rows of a gallery show narrower.
UPRIGHT_AVIF_WIDTHS = (200, *AVIF_WIDTHS)
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
    """Return the sizes of an upright photo's renditions, smallest first.

    The JPEGs have the JPEG widths below the photo's own, and then its own width up to the largest
    JPEG width, or up to `MAX_UPRIGHT_WIDTH` if the photo is not wider than high. The AVIFs have the
    AVIF widths that the photo reaches, one more if it is not wider than high. No photo is enlarged.
    With `full`, for originals that browsers do not show, a JPEG as wide as the photo takes the
    place of the largest one of these widths.
    """
    is_wide = width > height
    most = JPEG_WIDTHS[-1] if is_wide else MAX_UPRIGHT_WIDTH
    widest = max(1, min(width, width if full else most, MAX_HEIGHT * width // height))
    jpeg_widths = [each for each in JPEG_WIDTHS if each < min(widest, most)]
    sizes = [
        RenditionSize(jpeg_width, height_at(jpeg_width, width, height), JPEG)
        for jpeg_width in (*jpeg_widths, widest)
    ]
    avif_widths = AVIF_WIDTHS if is_wide else UPRIGHT_AVIF_WIDTHS
    avifs = (RenditionSize(each, height_at(each, width, height), AVIF) for each in avif_widths)
    sizes += (
        avif
        for avif in avifs
        if avif.width <= widest and avif.width * avif.height <= MAX_AVIF_PIXELS
    )
    return tuple(sorted(sizes))


def height_at(rendition_width: int, width: int, height: int) -> int:
    """Return the height in pixels of a photo resized to `rendition_width`, as a JPEG can have."""
    return min(max(1, round(height * rendition_width / width)), MAX_JPEG_EDGE)
