"""Pictures made on the spot, and what is asked of them."""

import struct
import zlib
from io import BytesIO
from tempfile import TemporaryFile

import pillow_heif
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from app.domain.processed_image import ProcessedImage
from app.imaging.pipeline import ImageLimits, process_image

pillow_heif.register_heif_opener()

RED, GREEN, BLUE, YELLOW = (220, 20, 20), (20, 180, 20), (20, 20, 220), (230, 220, 20)
LIMITS = ImageLimits(max_bytes=50_000_000, max_pixels=200_000_000)
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
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/"'
    b' exif:GPSLatitude="52,31.2N" aux:SerialNumber="SN-0042-PRIVATE"><dc:creator>Olive Owner</dc:creator></x:xmpmeta>'
)
INVERSE = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
SAVING = {
    "JPEG": {"quality": 95, "subsampling": 0},
    "PNG": {},
    "WEBP": {"lossless": True},
    "AVIF": {"quality": 95, "subsampling": "4:4:4"},
    "HEIF": {"quality": 95},
    "TIFF": {},
}


def quarters(width: int = 96, height: int = 64) -> Image.Image:
    """Red and green above, blue and yellow below."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(GREEN, (width // 2, 0, width, height // 2))
    image.paste(BLUE, (0, height // 2, width // 2, height))
    image.paste(YELLOW, (width // 2, height // 2, width, height))
    return image


def noise(width: int, height: int) -> Image.Image:
    return Image.effect_noise((width, height), 80).convert("RGB")


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    body = BytesIO()
    image.save(body, kind, **{**SAVING.get(kind, {}), **options})
    return body.getvalue()


def oriented(kind: str, orientation: int) -> bytes:
    """Quarters, stored so that `orientation` puts them upright."""
    image = quarters()
    turn = INVERSE[orientation]
    stored = image.transpose(turn) if turn is not None else image
    exif = Image.Exif()
    exif[0x0112] = orientation
    if kind == "TIFF":
        return saved(stored, kind, tiffinfo={0x0112: orientation})
    return saved(stored, kind, exif=exif.tobytes())


def private_exif(orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F], exif[0x0110] = "Acme\0\0", "Box  4\x07"
    exif[0x013B] = OWNER
    photo = exif.get_ifd(0x8769)
    photo[0xA431], photo[0x927C] = SERIAL, b"maker note " + NOTE.encode()
    photo[0x829A], photo[0x829D], photo[0x8827], photo[0x920A] = (
        IFDRational(1, 125),
        IFDRational(28, 10),
        400,
        IFDRational(35),
    )
    photo[0xA434] = "Acme 35mm f/2"
    photo[0x9003], photo[0x9011] = "2024:05:06 07:08:09", "+02:00"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (52.0, 31.0, 12.0), "E", (13.0, 24.0, 18.0)
    return exif.tobytes()


def prepared(data: bytes, limits: ImageLimits = LIMITS) -> ProcessedImage:
    """As a decoder does: from a file, which is not read but mapped."""
    with TemporaryFile() as file:
        file.write(data)
        return process_image(file, limits)


def opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


def close(one: tuple[int, ...], other: tuple[int, ...], by: int = 12) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


def corners(image: Image.Image) -> list[tuple[int, ...]]:
    """The colors in the middle of each quarter, in reading order."""
    places = ((1, 1), (3, 1), (1, 3), (3, 3))
    rgb = image.convert("RGB")
    return [rgb.getpixel((image.width * x // 4, image.height * y // 4)) for x, y in places]


def is_upright(image: Image.Image) -> bool:
    return all(
        close(a, b, 25) for a, b in zip(corners(image), (RED, GREEN, BLUE, YELLOW), strict=True)
    )


def chunk(name: bytes, body: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def segment(marker: int, body: bytes) -> bytes:
    """One segment of a JPEG."""
    return struct.pack(">BBH", 0xFF, marker, 2 + len(body)) + body


def riff(name: bytes, body: bytes) -> bytes:
    """One chunk of a WebP."""
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
