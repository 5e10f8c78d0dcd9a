"""Decoding: one named decoder, guarded before it starts, whose failures come out as ours."""

import functools
import math
import random
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from PIL import Image, ImageChops, ImageFile

from app.domain.errors import ImageTooLarge, ShoeboxError, UnreadableImage
from app.domain.messages import message
from app.domain.rendition_sizes import rendition_sizes
from app.imaging import pixel_buffers
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
_MAX_DENSITY = 512  # pixels a byte: each of a JPEG's blocks of 64 takes a bit at least, even where it is progressive

_NO_MEMORY = message("This photo needs more memory than there is. Send a smaller one.")
_TOO_LARGE = message(
    "This photo has %(size)s megapixels; at most %(most)s are possible for this kind of file. Send a smaller one."
)


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
    """The image, not yet decoded. Raises ImageTooLarge for one that the limit or its need of memory rules out."""
    _check(
        cleaned, cleaned.size, max_pixels, _BYTES_PER_PIXEL[cleaned.format]
    )  # before opening: a WebP's canvas is made there
    if cleaned.format != "JPEG":
        pixel_buffers.release_buffers()
    if cleaned.format == "HEIF":
        _register_heif()
    Image.MAX_IMAGE_PIXELS = (
        None  # its fixed limits are below a phone's 200 megapixels, and ours comes before it
    )
    image = Image.open(BytesIO(cleaned.body), formats=[cleaned.format])
    alpha = _ALPHA_COST if image.has_transparency_data and cleaned.format != "WEBP" else 0
    _check(cleaned, image.size, max_pixels, _BYTES_PER_PIXEL[cleaned.format] + alpha)
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
    """Decode, a JPEG at the scale that its largest rendition needs. Raises UnreadableImage for one that is cut off."""
    scale = _scale(cleaned, image.size)
    if scale > 1:
        image.draft(None, (image.width // scale, image.height // scale))
    if cleaned.format == "JPEG":
        pixel_buffers.attach_buffer(image)
    image.decodermaxblock = len(
        cleaned.body
    )  # all at once: libjpeg is slower near the end of what it has
    image.load()
    if not cleaned.whole and (cleaned.progressive or not _is_complete(cleaned.body)):
        raise UnreadableImage(DAMAGED)


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


def _check(cleaned: CleanFile, size: tuple[int, int], max_pixels: int, cost: float) -> None:
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


@functools.cache
def _register_heif() -> None:
    import pillow_heif  # noqa: PLC0415 - a library of codecs, which most uploads do without

    pillow_heif.options.DECODE_THREADS = (
        2  # as fast here as its four, whose heaps stay with the process: 75 MB
    )
    pillow_heif.register_heif_opener(thumbnails=False)


def _megapixels(pixels: int) -> float:
    return float(f"{pixels / 1e6:.3g}")
