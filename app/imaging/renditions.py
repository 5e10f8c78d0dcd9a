"""Resize, orient and encode renditions: each thumbnail and larger image of a photo."""

from collections.abc import Callable
from io import BytesIO

from PIL import Image

from app.domain.errors import UnreadableImage
from app.domain.image.credit import Credit
from app.domain.image.rendition_sizes import AVIF, JPEG, MIN_CREDIT_WIDTH
from app.imaging import resize
from app.imaging.decoder_errors import translate_encoder_errors
from app.imaging.metadata import MetadataRemover, heif, jpeg
from app.imaging.metadata.iptc.kept import KeptMetadata

_TRANSPOSE_BY_ORIENTATION = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_JPEG_QUALITY = 80
# As good as the JPEG of the same width, by `python -m benchmarks rendition_quality`.
_AVIF_QUALITY = {200: 62, 320: 66, 480: 68, 640: 68, 960: 70}
_AVIF_SPEED = 9  # the fastest: docs/imaging.md compares the bytes and the times of others
# Trellis quantization takes a fifth of the time, and saves bytes of the smallest AVIFs only.
_WITHOUT_TRELLIS = {"disable-trellis-quant": "1"}  # an option of libaom
_MIN_WIDTH_WITHOUT_TRELLIS = 480  # pixels


def resize_to(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return the image resized to `size` (width, height) in pixels, by LANCZOS."""
    return image if image.size == size else resize.resize(image, size)


def swap_if_rotated(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    """Return `size` with width and height swapped if the EXIF orientation turns the photo."""
    return (size[1], size[0]) if orientation > 4 else size


def apply_orientation(image: Image.Image, orientation: int) -> Image.Image:
    """Return the image upright."""
    transpose = _TRANSPOSE_BY_ORIENTATION.get(orientation)
    return image if transpose is None else image.transpose(transpose)


def encode_jpeg(image: Image.Image, profile: bytes | None) -> bytes:
    """Return the image as a JPEG without metadata other than the color profile."""
    image.info = {}  # Pillow would write the comment and the resolution that it finds there
    body = BytesIO()
    image.save(body, "JPEG", quality=_JPEG_QUALITY, subsampling="4:2:0", icc_profile=profile)
    return body.getvalue()


def encode_avif(image: Image.Image, profile: bytes | None) -> bytes:
    """Return the image as an AVIF. The encoder names the item "Color"; `encode` clears it."""
    image.info = {}
    body = BytesIO()
    with translate_encoder_errors():
        image.save(
            body,
            "AVIF",
            quality=_AVIF_QUALITY[image.width],
            speed=_AVIF_SPEED,
            subsampling="4:2:0",
            max_threads=1,  # one worker process is one core
            advanced=_WITHOUT_TRELLIS if image.width >= _MIN_WIDTH_WITHOUT_TRELLIS else {},
            icc_profile=profile,
        )
    return body.getvalue()


ENCODERS: dict[str, Callable[[Image.Image, bytes | None], bytes]] = {
    JPEG: encode_jpeg,
    AVIF: encode_avif,
}
_REMOVERS: dict[str, MetadataRemover] = {JPEG: jpeg, AVIF: heif}


def encode(
    image: Image.Image, content_type: str, profile: bytes | None, credit: Credit | None
) -> bytes:
    """Return the image as a file whose only metadata is the color profile and the credit.

    A small image has no credit, because it would be a large part of the bytes.
    """
    kept = KeptMetadata(written=credit if image.width >= MIN_CREDIT_WIDTH else None)
    body = ENCODERS[content_type](image, profile)
    if content_type == JPEG and not kept.written:
        return body
    try:
        return _REMOVERS[content_type].remove_metadata(body, lambda *_: kept).body
    except UnreadableImage as error:
        raise RuntimeError(f"the encoder of {content_type} made an unreadable file") from error
