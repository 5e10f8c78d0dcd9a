"""Convert every mode and color profile to RGB that a browser shows correctly."""

import functools
import itertools
from io import BytesIO

from PIL import Image, ImageChops, ImageCms

_MAX_CACHED_PROFILE = 4096  # bytes; Display P3 has 548, a press profile over a million
_COLOR_SPACES = {"RGB": "RGB ", "L": "GRAY", "CMYK": "CMYK", "LAB": "Lab "}  # ICC.1, by Pillow mode
_SRGB_TOLERANCE = 2  # levels of 255
_RESIZABLE_MODES = ("L", "LA", "RGB", "RGBA", "CMYK", "LAB")
_SIXTEEN_BIT_MODES = ("I;16", "I;16L", "I;16B", "I;16N")


def to_resizable_mode(image: Image.Image) -> Image.Image:
    """Return the image in a mode that LANCZOS can resize: L, LA, RGB, RGBA, CMYK or LAB."""
    if image.mode in _SIXTEEN_BIT_MODES:
        numbers = image if image.mode == "I;16" else image.convert("I")
        return numbers.point(lambda value: value * (1 / 257) + 0.5).convert("L")
    if image.mode in _RESIZABLE_MODES and "transparency" not in image.info:
        return image
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image.convert("L" if image.mode == "1" else "RGB")


def to_rgb(image: Image.Image) -> Image.Image:
    """Return a gray image as RGB, for an RGB profile; any other image as it is."""
    return image.convert({"L": "RGB", "LA": "RGBA"}.get(image.mode, image.mode))


def to_display_rgb(image: Image.Image, profile: bytes | None) -> tuple[Image.Image, bytes | None]:
    """Return the image as opaque RGB, and the profile to embed; None means sRGB.

    A small RGB profile is kept, because some screens show more colors than sRGB has. An image whose
    profile cannot be used counts as sRGB.
    """
    image = _flatten_alpha(image)
    source = _open_profile(profile, image.mode)
    transform = _transform_to_srgb(source, image.mode)
    is_small = len(profile or b"") <= _MAX_CACHED_PROFILE
    if image.mode == "RGB" and source and transform and is_small:
        return image, None if _is_srgb(transform) else profile
    return _apply(transform, image), None


def dominant_color(image: Image.Image, profile: bytes | None) -> str:
    """Return the most frequent color of an RGB image, in sRGB, as #rrggbb."""
    transform = _transform_to_srgb(_open_profile(profile, "RGB"), "RGB")
    small = _apply(transform, image.resize((32, 32), Image.Resampling.BOX))
    reduced = small.quantize(8)
    counts = reduced.histogram()
    index = counts.index(max(counts))
    red, green, blue = (reduced.getpalette() or [])[3 * index : 3 * index + 3]
    return f"#{red:02x}{green:02x}{blue:02x}"


def color_grid(image: Image.Image, profile: bytes | None) -> str:
    """Return the average colors of 4 columns and 3 rows of an RGB image, in sRGB.

    Returns:
        Three hexadecimal digits for each color, row by row from the top left.
    """
    transform = _transform_to_srgb(_open_profile(profile, "RGB"), "RGB")
    small = _apply(transform, image.resize((4, 3), Image.Resampling.BOX))
    return "".join(f"{round(level / 17):x}" for level in small.tobytes())


def _flatten_alpha(image: Image.Image) -> Image.Image:
    """Return the image on a white background."""
    if image.mode not in ("LA", "RGBA"):
        return image
    opaque = image.convert("L" if image.mode == "LA" else "RGB")
    background = Image.new(opaque.mode, image.size, "white")
    background.paste(opaque, mask=image.getchannel("A"))
    return background


def _open_profile(profile: bytes | None, mode: str) -> ImageCms.ImageCmsProfile | None:
    """Return the profile if it is readable and made for `mode`."""
    if mode == "LAB":
        return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    try:
        opened = ImageCms.ImageCmsProfile(BytesIO(profile or b""))
    except OSError:
        return None
    return opened if opened.profile.xcolor_space == _COLOR_SPACES.get(mode) else None


def _transform_to_srgb(
    source: ImageCms.ImageCmsProfile | None, mode: str
) -> ImageCms.ImageCmsTransform | None:
    if source is None:
        return None
    try:
        return ImageCms.ImageCmsTransform(source, _srgb(), mode, "RGB")
    except (OSError, ValueError):  # lcms cannot use the profile
        return None


@functools.cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _apply(transform: ImageCms.ImageCmsTransform | None, image: Image.Image) -> Image.Image:
    if transform:
        return transform.apply(image)
    return image if image.mode == "RGB" else image.convert("RGB")  # converting RGB copies it


def _is_srgb(transform: ImageCms.ImageCmsTransform) -> bool:
    """Return whether a transform to sRGB changes almost nothing: profile names may be wrong."""
    colors = _sample_colors()
    difference = ImageChops.difference(colors, transform.apply(colors))
    extrema: tuple[tuple[int, int], ...] = difference.getextrema()  # type: ignore[assignment]
    return max(most for _least, most in extrema) <= _SRGB_TOLERANCE


@functools.cache
def _sample_colors() -> Image.Image:
    """Return an image of 729 colors, from black to white."""
    levels = range(0, 256, 31)
    colors = [bytes(color) for color in itertools.product(levels, repeat=3)]
    return Image.frombytes("RGB", (len(colors), 1), b"".join(colors))
