"""Generated images for tests."""

from io import BytesIO
from itertools import count

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

_seeds = count(1)


def picture(width: int = 280, height: int = 210, *, seed: int | None = None) -> Image.Image:
    """Return a gradient with a patch whose color depends on `seed`; the default is unique."""
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
    width: int = 280, height: int = 210, *, seed: int | None = None, exif: Image.Exif | None = None
) -> bytes:
    """Return an image as a JPEG file."""
    file = BytesIO()
    picture(width, height, seed=seed).save(file, "JPEG", quality=90, exif=exif or Image.Exif())
    return file.getvalue()


def png(width: int = 80, height: int = 60, *, seed: int | None = None) -> bytes:
    """Return an image as a PNG file."""
    file = BytesIO()
    picture(width, height, seed=seed).save(file, "PNG")
    return file.getvalue()


def avif(width: int = 80, height: int = 60) -> bytes:
    """Return an image as an AVIF file, encoded quickly."""
    file = BytesIO()
    picture(width, height).save(file, "AVIF", speed=10)
    return file.getvalue()


def phone_exif(*, orientation: int = 1) -> Image.Exif:
    """Return EXIF as a phone writes it, with camera settings, time and location."""
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    exif[Base.Make] = "Acme"
    exif[Base.Model] = "Phone 7"
    exif.get_ifd(IFD.Exif).update(
        {
            Base.ExposureTime: 1 / 120,
            Base.FNumber: 1.8,
            Base.ISOSpeedRatings: 50,
            Base.FocalLength: 4.2,
            Base.DateTimeOriginal: "2026:08:15 18:30:05",
            Base.OffsetTimeOriginal: "+09:00",
            Base.BodySerialNumber: "SERIAL-12345",
        }
    )
    exif.get_ifd(IFD.GPSInfo).update(
        {
            GPS.GPSLatitudeRef: "N",
            GPS.GPSLatitude: (35.0, 9.0, 30.0),
            GPS.GPSLongitudeRef: "E",
            GPS.GPSLongitude: (129.0, 7.0, 12.0),
        }
    )
    return exif
