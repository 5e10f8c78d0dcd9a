"""Decode an image with the only decoder that may open it, after checks of its size."""

import hashlib
import math
import random
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from PIL import Image, ImageFile

from app.domain.errors import ImageTooLarge, UnreadableImage
from app.domain.image.rendition_sizes import MAX_PORTRAIT_WIDTH, rendition_sizes
from app.domain.messages import message
from app.imaging import pillow_options
from app.imaging.decoder_errors import DAMAGED, translate_decoder_errors
from app.imaging.metadata import exif, jpeg_segments
from app.imaging.metadata.result import CleanFile
from app.imaging.renditions import swap_if_rotated

# Bytes of memory at the peak of process_image for each decoded pixel: docs/imaging.md, measured on
# 24 megapixels.
_BYTES_PER_PIXEL = {
    "JPEG": 5.0,
    "PNG": 8.0,
    "GIF": 8.0,
    "TIFF": 13.0,
    "HEIF": 8.0,
    "AVIF": 11.0,
    "WEBP": 16.0,
}
_ALPHA_BYTES = 4.0  # a pixel, for Pillow's premultiplied copy; the value of WebP includes it
_PROGRESSIVE_BYTES = 4.5  # for each pixel of the file, whatever the scale
_MAX_MEMORY = 600_000_000  # bytes for one photo, which an instance of 1 GiB can spare
_DIGEST_ROWS = 64  # read at a time, so that no second copy of the image is in memory
_MAX_PIXELS_PER_BYTE = 512  # every block of 64 pixels of a JPEG takes at least one bit

_NO_MEMORY = message("This photo needs too much memory. Upload a smaller one.")
_TOO_LARGE = message("Too large: %(size)s\u00a0megapixels (limit %(most)s).")


@contextmanager
def translate_memory_errors() -> Iterator[None]:
    """Raise ImageTooLarge for a MemoryError of the block."""
    try:
        yield
    except MemoryError as error:
        raise ImageTooLarge(_NO_MEMORY) from error


def open_image(cleaned: CleanFile, max_pixels: int) -> ImageFile.ImageFile:
    """Open the image without decoding it.

    Raises:
        ImageTooLarge: It has too many pixels, or decoding it takes too much memory.
    """
    bytes_per_pixel = _BYTES_PER_PIXEL[cleaned.format]
    # Before the image is opened, since opening a WebP allocates its pixels.
    _check_size(cleaned, cleaned.size, max_pixels, bytes_per_pixel)
    if cleaned.format == "HEIF":
        pillow_options.register_heif()
    pillow_options.allow_any_size()
    with translate_decoder_errors():
        image = Image.open(BytesIO(cleaned.body), formats=[cleaned.format])
        if cleaned.page:
            image.seek(cleaned.page)
        has_alpha = image.has_transparency_data
    if (has_alpha and cleaned.format != "WEBP") or _has_empty_border(cleaned):
        bytes_per_pixel += _ALPHA_BYTES
    _check_size(cleaned, image.size, max_pixels, bytes_per_pixel)
    return image


def orientation(image: Image.Image, cleaned: CleanFile) -> int:
    """Return the EXIF orientation, 1 to 8, to apply to the decoded image.

    The decoders of HEIC and TIFF apply it themselves, and GIF has none.
    """
    if cleaned.format == "AVIF":  # Pillow reports the irot and imir properties as EXIF
        return int(image.getexif().get(exif.ORIENTATION, 1))
    return cleaned.kept.orientation if has_exif_orientation(cleaned) else 1


def has_exif_orientation(cleaned: CleanFile) -> bool:
    """Return whether viewers apply the EXIF orientation of the published file."""
    return cleaned.format in ("JPEG", "PNG", "WEBP")


def decode(image: ImageFile.ImageFile, cleaned: CleanFile) -> Image.Image:
    """Decode and return the image, a JPEG at the scale that its largest rendition needs.

    Raises:
        UnreadableImage: The file is cut off.
    """
    scale = _scale(cleaned, image.size)
    if scale > 1:
        image.draft(None, (image.width // scale, image.height // scale))
    # The whole file in one block: libjpeg is slower near the end of each block.
    image.decodermaxblock = len(cleaned.body)
    with translate_decoder_errors():
        image.load()
    if cleaned.may_be_cut_off and not _is_complete(cleaned.body):
        raise UnreadableImage(DAMAGED)
    if _has_empty_border(cleaned):
        return _clear_border(image, cleaned)
    return image


def _has_empty_border(cleaned: CleanFile) -> bool:
    """Return whether the first frame of a GIF is smaller than its screen."""
    return cleaned.frame is not None and cleaned.frame != (0, 0, *cleaned.size)


def _clear_border(image: Image.Image, cleaned: CleanFile) -> Image.Image:
    """Return the first frame of a GIF on a transparent screen, as browsers show it.

    Pillow fills the screen with the first color of the palette.
    """
    screen = Image.new("RGBA", image.size)
    frame = image.crop(cleaned.frame).convert("RGBA")
    screen.paste(frame, cleaned.frame)
    return screen


def _scale(cleaned: CleanFile, size: tuple[int, int]) -> int:
    """Return 8, 4, 2 or 1: by how much the JPEG decoder may reduce both edges.

    The decoded image has at least twice the size of the largest rendition up to
    `MAX_PORTRAIT_WIDTH`. A smaller one aliases on fine patterns: its SSIM on a zone plate is 0.59
    instead of 0.975.
    """
    if cleaned.format != "JPEG":
        return 1
    orientation = cleaned.kept.orientation
    upright_sizes = rendition_sizes(*swap_if_rotated(size, orientation))
    largest = [each for each in upright_sizes if each.width <= MAX_PORTRAIT_WIDTH][-1]
    width, height = swap_if_rotated((largest.width, largest.height), orientation)
    for scale in (8, 4, 2):
        if size[0] // scale >= 2 * width and size[1] // scale >= 2 * height:
            return scale
    return 1


def _check_size(
    cleaned: CleanFile, size: tuple[int, int], max_pixels: int, bytes_per_pixel: float
) -> None:
    pixels = math.prod(size)
    if cleaned.format == "JPEG" and pixels:
        bytes_per_pixel /= _scale(cleaned, size) ** 2
        bytes_per_pixel += _PROGRESSIVE_BYTES * cleaned.progressive
    allowed = min(max_pixels, int(_MAX_MEMORY / bytes_per_pixel))
    if pixels > allowed:
        raise ImageTooLarge(
            _TOO_LARGE.with_values(size=_megapixels(pixels), most=_megapixels(allowed))
        )
    most_encoded = _MAX_PIXELS_PER_BYTE * len(cleaned.body)
    if cleaned.format == "JPEG" and not 0 < pixels <= most_encoded:
        raise UnreadableImage(DAMAGED)


def _is_complete(body: bytes) -> bool:
    """Return whether the last scan of a JPEG has all of its data.

    Some phones write no end marker. libjpeg fills missing pixels without an error. So the image is
    decoded twice, once with noise after the scan, which changes only missing pixels. More noise
    follows a restart marker, because libjpeg skips all other bytes between two intervals.
    """
    noise = random.Random(0).randbytes(4096).replace(b"\xff", b"\xfe")  # noqa: S311 - not a secret
    end = len(body) - len(jpeg_segments.EOI_BYTES)
    restart_marker = jpeg_segments.find_next_restart_marker(body)
    with_noise = body[:end] + noise + restart_marker + noise + body[end:]
    return _digest_of_pixels(body) == _digest_of_pixels(with_noise)


def _digest_of_pixels(body: bytes) -> bytes:
    # At full size: reduced sizes leave out the coefficients at the end of a block.
    with translate_decoder_errors():
        image = Image.open(BytesIO(body), formats=["JPEG"])
        image.load()
    digest = hashlib.blake2b()
    for top in range(0, image.height, _DIGEST_ROWS):
        bottom = min(top + _DIGEST_ROWS, image.height)
        digest.update(image.crop((0, top, image.width, bottom)).tobytes())
    return digest.digest()


def _megapixels(pixels: int) -> float:
    return float(f"{pixels / 1e6:.3g}")
