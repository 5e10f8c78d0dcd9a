"""Pictures for tests, made on the spot."""

from io import BytesIO
from itertools import count

from PIL import Image

_seeds = count(1)


def picture(width: int = 800, height: int = 600, *, seed: int | None = None) -> Image.Image:
    """A picture like no other: a gradient under a patch whose colour is the seed's."""
    seed = next(_seeds) if seed is None else seed
    gradient = Image.linear_gradient("L").resize((width, height))
    image = Image.merge(
        "RGB", (gradient, gradient.transpose(Image.Transpose.FLIP_LEFT_RIGHT), gradient)
    )
    image.paste(
        ((seed * 37) % 256, (seed * 91) % 256, (seed * 53) % 256), (0, 0, width // 2, height // 2)
    )
    return image


def jpeg(
    width: int = 800, height: int = 600, *, seed: int | None = None, exif: Image.Exif | None = None
) -> bytes:
    """The picture as a JPEG file."""
    file = BytesIO()
    picture(width, height, seed=seed).save(file, "JPEG", quality=90, exif=exif or Image.Exif())
    return file.getvalue()


def png(width: int = 80, height: int = 60, *, seed: int | None = None) -> bytes:
    """The picture as a PNG file."""
    file = BytesIO()
    picture(width, height, seed=seed).save(file, "PNG")
    return file.getvalue()


def phone_exif(*, orientation: int = 1) -> Image.Exif:
    """What a phone writes: how it was taken, when, and where."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F], exif[0x0110] = "Acme", "Phone 7"
    details = exif.get_ifd(0x8769)
    details[0x829A], details[0x829D], details[0x8827], details[0x920A] = 1 / 120, 1.8, 50, 4.2
    details[0x9003], details[0x9011] = "2026:08:15 18:30:05", "+09:00"
    details[0xA431] = "SERIAL-12345"
    position = exif.get_ifd(0x8825)
    position[1], position[2], position[3], position[4] = (
        "N",
        (35.0, 9.0, 30.0),
        "E",
        (129.0, 7.0, 12.0),
    )
    return exif
