"""Scaling and encoding: the one place that decides on sizes, turns and writes JPEG."""

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
    """The image at `size`, by LANCZOS."""
    return image if image.size == size else resize.resize(image, size)


def swap_if_rotated(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    """`size` with width and height changed over where the EXIF orientation lays a photo on its side."""
    return (size[1], size[0]) if orientation > 4 else size


def apply_orientation(image: Image.Image, orientation: int) -> Image.Image:
    """The image as it was seen."""
    return (
        image.transpose(_TRANSPOSE_BY_ORIENTATION[orientation])
        if orientation in _TRANSPOSE_BY_ORIENTATION
        else image
    )


def encode_jpeg(image: Image.Image, profile: bytes | None) -> bytes:
    """A JPEG with the pixels and the profile, and no other word of where they came from."""
    image.info = {}  # Pillow writes a comment and a resolution it finds there
    body = BytesIO()
    image.save(body, "JPEG", quality=_QUALITY, subsampling="4:2:0", icc_profile=profile)
    return body.getvalue()
