"""The ladder of renditions: which sizes a photo gets."""

RENDITION_WIDTHS = (320, 640, 1280, 2048)
MAX_HEIGHT = 16_384  # narrower rather than taller: phones refuse to show more
MAX_JPEG_EDGE = 65_500  # libjpeg's JPEG_MAX_DIMENSION


def rendition_sizes(width: int, height: int, *, full: bool = False) -> tuple[tuple[int, int], ...]:
    """Sizes (width, height) in pixels of the renditions of an upright `width` × `height` photo, smallest first.

    Every rung narrower than the photo, then the photo's own width up to the last rung: nothing is ever enlarged.
    With `full` the last is the photo's own size whatever it is, for originals that browsers don't show.
    """
    most = width if full else RENDITION_WIDTHS[-1]
    widest = max(1, min(width, most, MAX_HEIGHT * width // height))
    widths = [rendition_width for rendition_width in RENDITION_WIDTHS if rendition_width < widest]
    return tuple(
        (rendition_width, height_at(rendition_width, width, height))
        for rendition_width in (*widths, widest)
    )


def height_at(rendition_width: int, width: int, height: int) -> int:
    """Height in pixels of a `width` × `height` photo scaled to `rung` pixels wide, within what a JPEG can have."""
    return min(max(1, round(height * rendition_width / width)), MAX_JPEG_EDGE)
