"""Resize, orient and encode renditions: the thumbnails and the larger images of a photo."""

from io import BytesIO

from PIL import Image

from app.imaging import resize

_TRANSPOSE_BY_ORIENTATION = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_QUALITY = 80


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
    image.save(body, "JPEG", quality=_QUALITY, subsampling="4:2:0", icc_profile=profile)
    return body.getvalue()
