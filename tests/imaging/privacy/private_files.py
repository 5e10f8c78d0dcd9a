"""Files of each format with the metadata of cameras, editors and phones."""

import functools
import struct
from collections.abc import Callable

from PIL import PngImagePlugin

from app.domain.image.processed_image import ProcessedImage
from tests.imaging.sample_files import (
    NOTE,
    OWNER,
    SECRETS,
    SERIAL,
    XMP,
    build_private_exif,
    encode_image,
    jpeg_segment,
    noise,
    png_chunk,
    process_bytes,
    quarters,
    webp_chunk,
)

GPS = 0x8825
IPTC = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0\0\0\0\x10" + b"\x1c\x02\x50\0\x0bOlive Owner"


@functools.cache
def jpeg(**options: object) -> bytes:
    """Return a JPEG with the metadata of cameras, editors and phones."""
    data = encode_image(
        noise(96, 64), "JPEG", exif=build_private_exif(6), comment=NOTE.encode(), **options
    )
    jfif_thumbnail = jpeg_segment(0xE0, b"JFXX\0\x13\x02\x02" + b"\xff\0\0" * 4)
    extras = jpeg_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP) + jpeg_segment(0xED, IPTC)
    extras += jpeg_segment(0xE2, b"MPF\0" + NOTE.encode()) + jpeg_segment(
        0xEB, b"JP" + NOTE.encode()
    )
    second = encode_image(quarters(), "JPEG", exif=build_private_exif())
    return (
        data[:20]
        + jfif_thumbnail
        + extras
        + data[20:]
        + second
        + b"MotionPhoto_Data"
        + SERIAL.encode()
    )


@functools.cache
def png() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", OWNER)
    info.add_text("Comment", NOTE, zip=True)
    info.add_itxt("XML:com.adobe.xmp", XMP.decode(), zip=True)
    data = encode_image(noise(96, 64), "PNG", exif=build_private_exif(6), pnginfo=info)
    extra = (
        png_chunk(b"tIME", b"\x07\xe8\1\1\1\1\1")
        + png_chunk(b"prVt", NOTE.encode())
        + png_chunk(b"pHYs", b"\0" * 9 + NOTE.encode())
    )
    return data[:33] + extra + data[33:] + b"<script>" + SERIAL.encode()


@functools.cache
def webp() -> bytes:
    data = encode_image(noise(96, 64), "WEBP", exif=build_private_exif(6), xmp=XMP)
    body = data[8:] + webp_chunk(b"NOTE", NOTE.encode())
    return b"RIFF" + struct.pack("<I", len(body)) + body + SERIAL.encode()


@functools.cache
def gif() -> bytes:
    data = encode_image(noise(96, 64).quantize(16), "GIF", comment=NOTE)
    xmp = b"!\xff\x0bXMP DataXMP" + XMP + b"\x01" + bytes(range(255, -1, -1)) + b"\0"
    text = b"!\x01\x0c" + b"\0" * 12 + bytes((len(NOTE),)) + NOTE.encode() + b"\0"
    return data[:-1] + xmp + text + b";" + b"<script>" + SERIAL.encode()


@functools.cache
def heif(kind: str) -> bytes:
    image = noise(128, 96)
    image.info["thumbnails"] = [64]
    options = {"thumbnails": [64]} if kind == "HEIF" else {}
    return encode_image(image, kind, exif=build_private_exif(6), xmp=XMP, **options)


@functools.cache
def tiff() -> bytes:
    tags = {
        0x010E: NOTE,
        0x013B: OWNER,
        0x0131: "Acme",
        0x010D: NOTE,
        700: XMP,
        33_723: IPTC,
        33_922: (52.0, 13.0),
    }
    return encode_image(noise(96, 64), "TIFF", tiffinfo=tags)


SAMPLES: dict[str, Callable[[], bytes]] = {
    "JPEG": jpeg,
    "PNG": png,
    "WEBP": webp,
    "GIF": gif,
    "TIFF": tiff,
    "HEIF": functools.partial(heif, "HEIF"),
    "AVIF": functools.partial(heif, "AVIF"),
}


@functools.cache
def process_sample(kind: str) -> ProcessedImage:
    return process_bytes(SAMPLES[kind]())


def find_secrets(photo: ProcessedImage) -> list[bytes]:
    """Return the secrets that any published object of the photo holds."""
    published = [photo.original, *(rendition.body for rendition in photo.renditions)]
    return [secret for secret in SECRETS if any(secret in body for body in published)]
