"""Published files hold no private metadata, and their pixels are unchanged.

These tests and those of test_fuzz.py cover every module of app/imaging/metadata; EXIF has
test_exif.py.

Covers app.imaging.metadata.gif, app.imaging.metadata.heif, app.imaging.metadata.heif_items,
app.imaging.metadata.heif_data, app.imaging.metadata.heif_locations,
app.imaging.metadata.heif_meta, app.imaging.metadata.heif_properties,
app.imaging.metadata.isobmff, app.imaging.metadata.jpeg, app.imaging.metadata.png,
app.imaging.metadata.png_streams, app.imaging.metadata.private_data,
app.imaging.metadata.result, app.imaging.metadata.webp.
"""

import functools
import struct
import zlib
from collections.abc import Callable
from io import BytesIO

import pillow_heif
import pytest
from PIL import Image, ImageChops, PngImagePlugin

from app.domain.image.processed_image import ProcessedImage
from app.domain.image.rendition_sizes import AVIF, JPEG
from app.imaging.metadata import exif
from app.imaging.pipeline import ImageLimits, process_image
from app.imaging.privacy_scan import find_private_metadata
from tests.imaging.sample_files import (
    LIMITS,
    NOTE,
    OWNER,
    SECRETS,
    SERIAL,
    XMP,
    build_private_exif,
    encode_image,
    jpeg_segment,
    noise,
    open_image,
    png_chunk,
    process_bytes,
    quarters,
    webp_chunk,
)

GPS = 0x8825
KEEP_LOCATION = ImageLimits(max_pixels=200_000_000, keep_location=True)
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


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_file_in_memory_gives_the_same_result_as_a_file_on_disk(kind: str) -> None:
    assert process_image(BytesIO(SAMPLES[kind]()), LIMITS) == process_sample(kind)


@pytest.mark.parametrize("kind", SAMPLES)
def test_published_objects_hold_no_private_metadata(kind: str) -> None:
    data = SAMPLES[kind]()
    assert any(secret in data for secret in SECRETS)
    photo = process_sample(kind)
    assert find_secrets(photo) == []
    image = open_image(photo.original)
    assert not image.getexif().get_ifd(GPS)
    assert not set(image.getexif()) - {
        0x0112,
        *range(0x0100, 0x0120),
        0x011A,
        0x011B,
        0x0128,
        0x0153,
    }
    assert not image.info.keys() & {
        "comment",
        "photoshop",
        "XML:com.adobe.xmp",
        "Author",
        "Comment",
    }
    assert not image.info.get("xmp")
    assert not image.info.get("thumbnails")


@pytest.mark.filterwarnings("ignore:Image appears to be a malformed MPO")
@pytest.mark.parametrize("kind", SAMPLES)
def test_pixels_of_the_original_are_unchanged(kind: str) -> None:
    before, after = open_image(SAMPLES[kind]()), open_image(process_sample(kind).original)
    assert before.size == after.size
    assert ImageChops.difference(before.convert("RGB"), after.convert("RGB")).getbbox() is None


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_exif_of_the_original_is_the_orientation_alone(kind: str) -> None:
    assert dict(open_image(process_sample(kind).original).getexif()) == {0x0112: 6}


def test_jpeg_scans_are_copied_unchanged() -> None:
    for options in ({}, {"progressive": True}, {"restart_marker_blocks": 2}):
        data = jpeg(**options)
        scan = data[data.index(b"\xff\xda") : data.index(b"\xff\xd9", data.index(b"\xff\xda"))]
        original = process_bytes(data).original
        assert scan in original
        assert original.endswith(b"\xff\xd9")
        assert original.count(b"\xff\xd8\xff") == 1


def test_adobe_segment_is_kept() -> None:
    cmyk = encode_image(quarters().convert("CMYK"), "JPEG")
    original = open_image(process_bytes(cmyk).original)
    assert original.info["adobe_transform"] == open_image(cmyk).info["adobe_transform"]


def test_mpo_keeps_only_its_first_image() -> None:
    body = BytesIO()
    quarters().save(body, "MPO", save_all=True, append_images=[Image.new("RGB", (96, 64), "black")])
    photo = process_bytes(body.getvalue())
    assert photo.content_type == "image/jpeg"
    assert b"MPF\0" not in photo.original
    assert open_image(photo.original).format == "JPEG"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("JPEG", ("location", "serial", "owner", "thumbnail", "metadata")),
        ("PNG", ("location", "serial", "owner", "metadata")),
        ("WEBP", ("location", "serial", "owner", "metadata")),
        ("GIF", ("location", "serial", "owner", "metadata")),
        ("HEIF", ("location", "serial", "owner", "thumbnail", "metadata")),
        ("AVIF", ("location", "serial", "owner", "metadata")),
        ("TIFF", ("location", "serial", "owner", "metadata")),
    ],
)
def test_removed_kinds_are_reported(kind: str, expected: tuple[str, ...]) -> None:
    assert process_sample(kind).removed_metadata == expected


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF", "GIF"])
def test_no_removed_kind_is_reported_for_a_file_without_metadata(kind: str) -> None:
    assert process_bytes(encode_image(quarters(), kind)).removed_metadata == ()


def test_location_in_iptc_alone_is_reported() -> None:
    data = encode_image(quarters(), "JPEG")
    photo = process_bytes(
        data[:20]
        + jpeg_segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0a\x1c\x02\x5a\0\x05Paris")
        + data[20:]
    )
    assert photo.removed_metadata == ("location", "metadata")
    assert b"Paris" not in photo.original


def test_hexadecimal_exif_of_imagemagick_is_inspected() -> None:
    block = build_private_exif()
    text = b"Raw profile type exif\0\0" + zlib.compress(
        b"\nexif\n%8d\n" % len(block) + block.hex().encode()
    )
    data = encode_image(quarters(), "PNG")
    assert (
        "location"
        in process_bytes(data[:33] + png_chunk(b"zTXt", text) + data[33:]).removed_metadata
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF"])
def test_location_alone_is_kept_when_the_operator_keeps_locations(kind: str) -> None:
    photo = process_bytes(SAMPLES[kind](), KEEP_LOCATION)
    kept = open_image(photo.original).getexif()
    assert kept.get_ifd(GPS)[2] == (52.0, 31.0, 12.0)
    assert "location" not in photo.removed_metadata
    assert set(find_secrets(photo)) <= {b"GPSLatitude"}


def test_location_is_removed_and_reported_where_the_format_cannot_keep_it() -> None:
    located = Image.Exif()
    located.get_ifd(GPS)[2] = (52.0, 31.0, 12.0)
    for data in (encode_image(quarters(), "TIFF", exif=located.tobytes()), gif()):
        photo = process_bytes(data, KEEP_LOCATION)
        assert "location" in photo.removed_metadata
        assert not open_image(photo.original).getexif().get_ifd(GPS)


def test_renditions_hold_no_metadata() -> None:
    """Nor does the audit find any. AVIFs hold the profile, or numbers that name the colors."""
    data = encode_image(noise(400, 300), "JPEG", exif=build_private_exif(1), comment=NOTE.encode())
    photo = process_bytes(data)
    assert {rendition.content_type for rendition in photo.renditions} == {JPEG, AVIF}
    assert find_secrets(photo) == []
    for rendition in photo.renditions:
        assert find_private_metadata(rendition.body) == set()
        image = open_image(rendition.body)
        assert not image.getexif()
        assert image.info.keys() <= {
            *("jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"),
            *("timestamp", "duration"),  # of an AVIF's only frame, from Pillow
        }


def test_unknown_chunks_in_webp_frames_are_removed() -> None:
    body = BytesIO()
    frames = [Image.new("RGB", (32, 32), color) for color in ("red", "green", "blue")]
    frames[0].save(body, "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    data = bytearray(body.getvalue())
    frame = data.index(b"ANMF")
    length = struct.unpack_from("<I", data, frame + 4)[0]
    extra = webp_chunk(b"NOTE", NOTE.encode())
    data[frame + 8 + length : frame + 8 + length] = extra
    struct.pack_into("<I", data, frame + 4, length + len(extra))
    struct.pack_into("<I", data, 4, len(data) - 8)
    photo = process_bytes(bytes(data))
    assert NOTE.encode() not in photo.original
    assert getattr(open_image(photo.original), "n_frames", 0) == 3


def test_heic_keeps_its_length_and_offsets() -> None:
    data = heif("HEIF")
    original = process_sample("HEIF").original
    assert len(original) == len(data)
    file = pillow_heif.open_heif(original)
    assert not file.info["exif"]
    assert not file.info.get("xmp")
    assert not file.info.get("thumbnails")


def test_minimal_exif_holds_orientation_and_gps() -> None:
    full = exif.read_exif(build_private_exif(6))
    again = exif.read_exif(exif.build_minimal(6, full))
    assert exif.read_orientation(again) == 6
    assert again.get_ifd(exif.GPS_IFD) == full.get_ifd(exif.GPS_IFD)
    assert not again.get_ifd(exif.EXIF_IFD)
    assert set(again) == {exif.ORIENTATION, exif.GPS_IFD}
    assert exif.build_minimal(1) == b""
