"""Generated sample files, and helpers that inspect images."""

import random
import struct
import zlib
from io import BytesIO
from tempfile import TemporaryFile

import pillow_heif
from PIL import Image, ImageFile
from PIL.ExifTags import GPS, IFD, Base
from PIL.TiffImagePlugin import IFDRational

from app.domain.image.image_options import ImageOptions
from app.domain.image.processed_image import ProcessedImage
from app.domain.image.rendition_sizes import RenditionSize
from app.imaging.pipeline import ImageLimits, process_image

pillow_heif.register_heif_opener()

RED, GREEN, BLUE, YELLOW = (220, 20, 20), (20, 180, 20), (20, 20, 220), (230, 220, 20)
LIMITS = ImageLimits(max_pixels=200_000_000)
SERIAL, OWNER, NOTE = "SN-0042-PRIVATE", "Olive Owner", "a private note"
SECRETS = (
    SERIAL.encode(),
    OWNER.encode(),
    NOTE.encode(),
    b"GPSLatitude",
    b"ns.adobe.com",
    b"8BIM",
    b"<script",
)
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="52,31.2N"'
    b' aux:SerialNumber="SN-0042-PRIVATE"><dc:creator>Olive Owner</dc:creator></x:xmpmeta>'
)
INVERSE_TRANSPOSES = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
ENCODER_OPTIONS = {
    "JPEG": {"quality": 95, "subsampling": 0},
    "PNG": {},
    "WEBP": {"lossless": True},
    "AVIF": {"quality": 95, "subsampling": "4:4:4"},
    "HEIF": {"quality": 95},
    "TIFF": {},
}


def quarters(width: int = 96, height: int = 64) -> Image.Image:
    """Return an image with red and green quarters above blue and yellow ones."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(GREEN, (width // 2, 0, width, height // 2))
    image.paste(BLUE, (0, height // 2, width // 2, height))
    image.paste(YELLOW, (width // 2, height // 2, width, height))
    return image


def noise(width: int, height: int, *, seed: int = 0) -> Image.Image:
    """Return gray noise that depends on nothing but the arguments.

    Pillow's `effect_noise` takes numbers from one sequence for the process, so its pixels depend on
    the tests before.
    """
    pixels = random.Random(seed).randbytes(width * height)  # noqa: S311  no secret
    return Image.frombytes("L", (width, height), pixels).convert("RGB")


def encode_image(image: Image.Image, kind: str, **options: object) -> bytes:
    body = BytesIO()
    image.save(body, kind, **{**ENCODER_OPTIONS.get(kind, {}), **options})
    return body.getvalue()


def encode_oriented(kind: str, orientation: int) -> bytes:
    """Return a file of `quarters` that `orientation` turns upright."""
    image = quarters()
    transpose = INVERSE_TRANSPOSES[orientation]
    stored = image.transpose(transpose) if transpose is not None else image
    exif = Image.Exif()
    exif[0x0112] = orientation
    if kind == "TIFF":
        return encode_image(stored, kind, tiffinfo={0x0112: orientation})
    return encode_image(stored, kind, exif=exif.tobytes())


def build_private_exif(orientation: int = 1) -> bytes:
    """Return EXIF with camera settings and with private data: owner, serial number and location."""
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    exif[Base.Make] = "Acme\0\0"
    exif[Base.Model] = "Box  4\x07"
    exif[Base.Artist] = OWNER
    exif.get_ifd(IFD.Exif).update(
        {
            Base.BodySerialNumber: SERIAL,
            Base.MakerNote: b"maker note " + NOTE.encode(),
            Base.ExposureTime: IFDRational(1, 125),
            Base.FNumber: IFDRational(28, 10),
            Base.ISOSpeedRatings: 400,
            Base.FocalLength: IFDRational(35),
            Base.LensModel: "Acme 35mm f/2",
            Base.DateTimeOriginal: "2024:05:06 07:08:09",
            Base.OffsetTimeOriginal: "+02:00",
        }
    )
    exif.get_ifd(IFD.GPSInfo).update(
        {
            GPS.GPSLatitudeRef: "N",
            GPS.GPSLatitude: (52.0, 31.0, 12.0),
            GPS.GPSLongitudeRef: "E",
            GPS.GPSLongitude: (13.0, 24.0, 18.0),
        }
    )
    return exif.tobytes()


def process_bytes(
    data: bytes, limits: ImageLimits = LIMITS, *, quarter_turns: int = 0
) -> ProcessedImage:
    """Process a file as an image worker does: the file is mapped into memory, not read."""
    with TemporaryFile() as file:
        file.write(data)
        return process_image(file, limits, ImageOptions(quarter_turns=quarter_turns))


def open_image(data: bytes) -> ImageFile.ImageFile:
    image = Image.open(BytesIO(data))
    image.load()
    return image


def sizes_of(photo: ProcessedImage) -> tuple[RenditionSize, ...]:
    """Return the sizes that the renditions have, each decoded by the decoder for its format."""
    sizes = []
    for rendition in photo.renditions:
        image = open_image(rendition.body)
        assert image.size == (rendition.width, rendition.height)
        sizes.append(RenditionSize(*image.size, str(image.get_format_mimetype())))
    return tuple(sizes)


def is_close(one: tuple[int, ...], other: tuple[int, ...], by: int = 12) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


def corners(image: Image.Image) -> list[tuple[int, ...]]:
    """Return the colors in the middle of each quarter, in reading order."""
    centers = ((1, 1), (3, 1), (1, 3), (3, 3))
    rgb = image.convert("RGB")
    return [rgb.getpixel((image.width * x // 4, image.height * y // 4)) for x, y in centers]


def is_upright(image: Image.Image) -> bool:
    return all(
        is_close(a, b, 25) for a, b in zip(corners(image), (RED, GREEN, BLUE, YELLOW), strict=True)
    )


def png_chunk(name: bytes, body: bytes) -> bytes:
    """Return a PNG chunk."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def jpeg_segment(marker: int, body: bytes) -> bytes:
    """Return a JPEG segment."""
    return struct.pack(">BBH", 0xFF, marker, 2 + len(body)) + body


def webp_chunk(name: bytes, body: bytes) -> bytes:
    """Return a WebP chunk."""
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
