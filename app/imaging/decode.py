"""Decoding: one named decoder, guarded before it starts, whose failures come out as ours."""

import math
import random
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from PIL import Image, ImageChops, ImageFile

from app.domain.errors import ImageTooLarge, ShoeboxError, UnreadableImage
from app.domain.messages import message
from app.domain.rendition_sizes import rendition_sizes
from app.imaging import pillow_options
from app.imaging.metadata import exif
from app.imaging.metadata.result import DAMAGED, CleanFile
from app.imaging.renditions import swap_if_rotated

# Bytes of memory at the peak of prepare() for each pixel that is decoded, measured on 24 megapixels (docs/imaging.md).
_BYTES_PER_PIXEL = {
    "JPEG": 5.0,
    "PNG": 8.0,
    "GIF": 8.0,
    "TIFF": 13.0,
    "HEIF": 8.0,
    "AVIF": 11.0,
    "WEBP": 16.0,
}
_ALPHA_COST = 4.0  # for Pillow's premultiplied copy; WebP's figure has it
_PROGRESSIVE_COST = 4.5  # for each pixel of the source, whatever the scale
_MAX_MEMORY = 600_000_000  # bytes for one photo: what an instance of 1 GiB can spare
_MAX_KEPT_PIXELS = 50_000_000  # decoded; the memory of a larger JPEG is returned
_MAX_DENSITY = 512  # pixels a byte: each of a JPEG's blocks of 64 takes a bit at least, even where it is progressive

_NO_MEMORY = message("This photo needs too much memory. Upload a smaller one.")
_TOO_LARGE = message("Too large: %(size)s megapixels (limit %(most)s).")


@contextmanager
def translate_decoder_errors() -> Iterator[None]:
    """Turn whatever a decoder raises over a stranger's file into UnreadableImage; our own errors pass."""
    try:
        yield
    except ShoeboxError:
        raise
    except MemoryError as error:
        raise ImageTooLarge(_NO_MEMORY) from error
    except Exception as error:
        raise UnreadableImage(DAMAGED) from error


def open_image(cleaned: CleanFile, max_pixels: int) -> ImageFile.ImageFile:
    """Open the image without decoding it.

    Raises:
        ImageTooLarge: It has too many pixels, or decoding it takes too much memory.
    """
    cost = _BYTES_PER_PIXEL[cleaned.format]
    _check_size(cleaned, cleaned.size, max_pixels, cost)  # first: opening a WebP allocates pixels
    if cleaned.format != "JPEG":
        pillow_options.release_memory_blocks()
    if cleaned.format == "HEIF":
        pillow_options.register_heif()
    pillow_options.allow_any_size()
    image = Image.open(BytesIO(cleaned.body), formats=[cleaned.format])
    if image.has_transparency_data and cleaned.format != "WEBP":
        cost += _ALPHA_COST
    _check_size(cleaned, image.size, max_pixels, cost)
    return image


def orientation(image: Image.Image, cleaned: CleanFile) -> int:
    """The EXIF orientation, 1 to 8, that is still to be applied: some decoders turn the image themselves."""
    if cleaned.format == "AVIF":
        return int(
            image.getexif().get(exif.ORIENTATION, 1)
        )  # Pillow's word for the container's irot and imir
    if cleaned.format in ("JPEG", "PNG", "WEBP"):
        return exif.read_orientation(cleaned.exif)
    return 1


def decode(image: ImageFile.ImageFile, cleaned: CleanFile) -> None:
    """Decode the image, a JPEG at the scale that its largest rendition needs.

    Raises:
        UnreadableImage: The file is cut off.
    """
    scale = _scale(cleaned, image.size)
    if scale > 1:
        image.draft(None, (image.width // scale, image.height // scale))
    if cleaned.format == "JPEG":
        _set_memory_blocks(image)
    # The whole file in one block: libjpeg is slower near the end of each block.
    image.decodermaxblock = len(cleaned.body)
    image.load()
    if not cleaned.whole and (cleaned.progressive or not _is_complete(cleaned.body)):
        raise UnreadableImage(DAMAGED)


def _set_memory_blocks(image: Image.Image) -> None:
    """Keep memory between JPEGs of ordinary size, since they follow one another."""
    if math.prod(image.size) <= _MAX_KEPT_PIXELS:
        pillow_options.keep_memory_blocks()
    else:
        pillow_options.release_memory_blocks()


def _scale(cleaned: CleanFile, size: tuple[int, int]) -> int:
    """8, 4, 2 or 1: how far a JPEG's decoder may scale down and leave the resize a factor of 2 to every edge.

    A smaller factor aliases on fine patterns: SSIM 0.59 instead of 0.975 on a zone plate.
    """
    if cleaned.format != "JPEG":
        return 1
    orientation = exif.read_orientation(cleaned.exif)
    upright_sizes = rendition_sizes(*swap_if_rotated(size, orientation))
    largest = swap_if_rotated(upright_sizes[-1], orientation)
    return next(
        s
        for s in (8, 4, 2, 1)
        if s == 1 or all(a // s >= 2 * b for a, b in zip(size, largest, strict=True))
    )


def _check_size(cleaned: CleanFile, size: tuple[int, int], max_pixels: int, cost: float) -> None:
    pixels = math.prod(size)
    if cleaned.format == "JPEG" and pixels:
        cost = cost / _scale(cleaned, size) ** 2 + _PROGRESSIVE_COST * cleaned.progressive
    allowed = min(max_pixels, int(_MAX_MEMORY / cost))
    if pixels > allowed:
        raise ImageTooLarge(
            _TOO_LARGE.with_values(size=_megapixels(pixels), most=_megapixels(allowed))
        )
    if cleaned.format == "JPEG" and not 0 < pixels <= _MAX_DENSITY * len(cleaned.body):
        raise UnreadableImage(DAMAGED)


def _is_complete(body: bytes) -> bool:
    """Whether a sequential JPEG that came without its end has all of its pixels: some phones write no end.

    libjpeg fills what is missing and says nothing. More scan data changes a picture only where some was missing.
    """
    noise = random.Random(0).randbytes(4096).replace(b"\xff", b"\xfe")  # noqa: S311 - the same each time, no secret
    as_sent, with_noise = _decode_at_eighth(body), _decode_at_eighth(body[:-2] + noise + body[-2:])
    return ImageChops.difference(as_sent, with_noise).getbbox() is None


def _decode_at_eighth(body: bytes) -> Image.Image:
    image = Image.open(BytesIO(body), formats=["JPEG"])
    image.draft(None, (max(1, image.width // 8), max(1, image.height // 8)))
    image.load()
    return image


def _megapixels(pixels: int) -> float:
    return float(f"{pixels / 1e6:.3g}")
