"""Colour: every mode and profile that a decoder hands out becomes RGB that a browser shows right."""

import functools
from io import BytesIO

from PIL import Image, ImageCms

_PAPER = 255  # what is transparent is shown on white, as on a printed page
_SMALL = 4096  # bytes; Display P3 has 548, a press profile over a megabyte
_SPACES = {
    "RGB": "RGB ",
    "L": "GRAY",
    "CMYK": "CMYK",
    "LAB": "Lab ",
}  # ICC's signature, by Pillow's mode
_SMOOTH = ("L", "LA", "RGB", "RGBA", "CMYK", "LAB")
_SIXTEEN_BITS = ("I;16", "I;16L", "I;16B", "I;16N")


def to_resizable_mode(image: Image.Image) -> Image.Image:
    """The image in a mode that resizes smoothly and right: L, LA, RGB, RGBA, CMYK or LAB."""
    if image.mode in _SIXTEEN_BITS:
        numbers = image if image.mode == "I;16" else image.convert("I")
        return numbers.point(lambda value: value * (1 / 257) + 0.5).convert("L")
    if image.mode in ("I", "F"):
        return _scale_to_8_bit(image)
    if image.mode in _SMOOTH and "transparency" not in image.info:
        return image
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image.convert("L" if image.mode == "1" else "RGB")


def to_display_rgb(image: Image.Image, profile: bytes | None) -> tuple[Image.Image, bytes | None]:
    """The image as opaque RGB, and the profile to embed; None stands for sRGB, which needs none.

    A small RGB profile is kept: a screen that shows more than sRGB then does. What can't be read is taken for sRGB.
    """
    image = _flatten_alpha(image)
    source = _opened(profile, image.mode)
    transform = _to_srgb(source, image.mode)
    if image.mode != "RGB" or source is None or transform is None or len(profile or b"") > _SMALL:
        return _applied(transform, image), None
    return image, None if _is_srgb(source) else profile


def dominant_color(image: Image.Image, profile: bytes | None) -> str:
    """The colour that most of an RGB image is near to, in sRGB, as #rrggbb."""
    transform = _to_srgb(_opened(profile, "RGB"), "RGB")
    small = _applied(transform, image.resize((32, 32), Image.Resampling.BOX))
    few = small.quantize(8)
    counts = few.histogram()
    index = counts.index(max(counts))
    red, green, blue = (few.getpalette() or [])[3 * index : 3 * index + 3]
    return f"#{red:02x}{green:02x}{blue:02x}"


def _scale_to_8_bit(image: Image.Image) -> Image.Image:
    """Numbers of no agreed range as L: 1, 255 or 65535 is white, the first that none exceeds, else the largest."""
    largest = float(max(image.convert("F").getextrema()))  # type: ignore[arg-type]
    white = next((white for white in (1.0, 255.0, 65_535.0) if largest <= white), largest)
    return image.convert("F").point(lambda value: value * (255 / white) + 0).convert("L")


def _flatten_alpha(image: Image.Image) -> Image.Image:
    if image.mode not in ("LA", "RGBA"):
        return image
    opaque = image.convert("L" if image.mode == "LA" else "RGB")
    paper = Image.new(opaque.mode, image.size, "white")
    paper.paste(opaque, mask=image.getchannel("A"))
    return paper


def _opened(profile: bytes | None, mode: str) -> ImageCms.ImageCmsProfile | None:
    """The profile, where it can be read and is one for `mode`."""
    if mode == "LAB":
        return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    try:
        opened = ImageCms.ImageCmsProfile(BytesIO(profile or b""))
    except OSError:
        return None
    return opened if opened.profile.xcolor_space == _SPACES.get(mode) else None


def _to_srgb(
    source: ImageCms.ImageCmsProfile | None, mode: str
) -> ImageCms.ImageCmsTransform | None:
    if source is None:
        return None
    try:
        return ImageCms.ImageCmsTransform(source, _srgb(), mode, "RGB")
    except OSError:
        return None


@functools.cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _applied(transform: ImageCms.ImageCmsTransform | None, image: Image.Image) -> Image.Image:
    if transform:
        return transform.apply(image)
    return image if image.mode == "RGB" else image.convert("RGB")  # which would copy it


def _is_srgb(profile: ImageCms.ImageCmsProfile) -> bool:
    return str(profile.profile.profile_description or "").startswith("sRGB")
