"""The sizes of a photo's renditions."""

RENDITION_WIDTHS = (320, 640, 1280, 2048)
MAX_HEIGHT = 16_384  # pixels; phones do not show a taller image, so it gets narrower
MAX_JPEG_EDGE = 65_500  # pixels; libjpeg's JPEG_MAX_DIMENSION


def rendition_sizes(width: int, height: int, *, full: bool = False) -> tuple[tuple[int, int], ...]:
    """Return the sizes (width, height) in pixels of an upright photo's renditions, smallest first.

    They are the rendition widths below the photo's own, and then its own width up to the largest
    rendition width. No photo is enlarged. With `full`, for originals that browsers do not show,
    the last size is the photo's own.
    """
    most = width if full else RENDITION_WIDTHS[-1]
    widest = max(1, min(width, most, MAX_HEIGHT * width // height))
    widths = [rendition_width for rendition_width in RENDITION_WIDTHS if rendition_width < widest]
    return tuple(
        (rendition_width, height_at(rendition_width, width, height))
        for rendition_width in (*widths, widest)
    )


def height_at(rendition_width: int, width: int, height: int) -> int:
    """Return the height in pixels of a photo resized to `rendition_width`, as a JPEG can have."""
    return min(max(1, round(height * rendition_width / width)), MAX_JPEG_EDGE)
