"""What is published holds the picture and nothing of whose it is or where it was taken."""

import struct
import zlib
from io import BytesIO

import pillow_heif
import pytest
from PIL import Image, ImageChops, PngImagePlugin

from app.domain.processed_image import ProcessedImage
from app.imaging.metadata import exif
from app.imaging.pipeline import ImageLimits, process_image
from tests.imaging.sample_files import (
    LIMITS,
    NOTE,
    OWNER,
    SECRETS,
    SERIAL,
    XMP,
    chunk,
    noise,
    opened,
    prepared,
    private_exif,
    quarters,
    riff,
    saved,
    segment,
)

GPS = 0x8825
KEEPING = ImageLimits(max_bytes=50_000_000, max_pixels=200_000_000, keep_location=True)
IPTC = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0\0\0\0\x10" + b"\x1c\x02\x50\0\x0bOlive Owner"


def jpeg(**options: object) -> bytes:
    """A JPEG with everything a camera, an editor and a phone put into one."""
    data = saved(noise(96, 64), "JPEG", exif=private_exif(6), comment=NOTE.encode(), **options)
    jfif_thumbnail = segment(0xE0, b"JFXX\0\x13\x02\x02" + b"\xff\0\0" * 4)
    extras = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP) + segment(0xED, IPTC)
    extras += segment(0xE2, b"MPF\0" + NOTE.encode()) + segment(0xEB, b"JP" + NOTE.encode())
    second = saved(quarters(), "JPEG", exif=private_exif())
    return (
        data[:20]
        + jfif_thumbnail
        + extras
        + data[20:]
        + second
        + b"MotionPhoto_Data"
        + SERIAL.encode()
    )


def png() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", OWNER)
    info.add_text("Comment", NOTE, zip=True)
    info.add_itxt("XML:com.adobe.xmp", XMP.decode(), zip=True)
    data = saved(noise(96, 64), "PNG", exif=private_exif(6), pnginfo=info)
    extra = (
        chunk(b"tIME", b"\x07\xe8\1\1\1\1\1")
        + chunk(b"prVt", NOTE.encode())
        + chunk(b"pHYs", b"\0" * 9 + NOTE.encode())
    )
    return data[:33] + extra + data[33:] + b"<script>" + SERIAL.encode()


def webp() -> bytes:
    data = saved(noise(96, 64), "WEBP", exif=private_exif(6), xmp=XMP)
    body = data[8:] + riff(b"NOTE", NOTE.encode())
    return b"RIFF" + struct.pack("<I", len(body)) + body + SERIAL.encode()


def gif() -> bytes:
    data = saved(noise(96, 64).quantize(16), "GIF", comment=NOTE)
    xmp = b"!\xff\x0bXMP DataXMP" + XMP + b"\x01" + bytes(range(255, -1, -1)) + b"\0"
    text = b"!\x01\x0c" + b"\0" * 12 + bytes((len(NOTE),)) + NOTE.encode() + b"\0"
    return data[:-1] + xmp + text + b";" + b"<script>" + SERIAL.encode()


def heif(kind: str) -> bytes:
    image = noise(256, 192)
    image.info["thumbnails"] = [64]
    options = {"thumbnails": [64]} if kind == "HEIF" else {}
    return saved(image, kind, exif=private_exif(6), xmp=XMP, **options)


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
    return saved(noise(96, 64), "TIFF", tiffinfo=tags)


EVERY = {"JPEG": jpeg, "PNG": png, "WEBP": webp, "GIF": gif, "TIFF": tiff}
EVERY |= {"HEIF": lambda: heif("HEIF"), "AVIF": lambda: heif("AVIF")}


def private_words(photo: ProcessedImage) -> list[bytes]:
    published = [photo.original, *(rendition.body for rendition in photo.renditions)]
    return [word for word in SECRETS if any(word in body for body in published)]


@pytest.mark.parametrize("kind", EVERY)
def test_a_file_in_memory_becomes_what_one_on_a_disk_becomes(kind: str) -> None:
    data = EVERY[kind]()
    assert process_image(BytesIO(data), LIMITS) == prepared(data)


@pytest.mark.parametrize("kind", EVERY)
def test_nothing_private_is_left(kind: str) -> None:
    data = EVERY[kind]()
    assert any(word in data for word in SECRETS)
    photo = prepared(data)
    assert private_words(photo) == []
    image = opened(photo.original)
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
@pytest.mark.parametrize("kind", EVERY)
def test_no_pixel_is_touched(kind: str) -> None:
    data = EVERY[kind]()
    before, after = opened(data), opened(prepared(data).original)
    assert before.size == after.size
    assert ImageChops.difference(before.convert("RGB"), after.convert("RGB")).getbbox() is None


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_orientation_is_all_that_stays_of_the_exif(kind: str) -> None:
    assert dict(opened(prepared(EVERY[kind]()).original).getexif()) == {0x0112: 6}


def test_a_scan_is_copied_byte_by_byte() -> None:
    for options in ({}, {"progressive": True}, {"restart_marker_blocks": 2}):
        data = jpeg(**options)
        scan = data[data.index(b"\xff\xda") : data.index(b"\xff\xd9", data.index(b"\xff\xda"))]
        original = prepared(data).original
        assert scan in original
        assert original.endswith(b"\xff\xd9")
        assert original.count(b"\xff\xd8\xff") == 1


def test_a_profile_and_the_adobe_marker_stay() -> None:
    cmyk = saved(quarters().convert("CMYK"), "JPEG", icc_profile=b"profile " * 20_000)
    original = prepared(cmyk).original
    assert opened(original).info["icc_profile"] == b"profile " * 20_000
    assert opened(original).info["adobe_transform"] == opened(cmyk).info["adobe_transform"]


def test_a_multi_picture_file_keeps_its_primary_picture() -> None:
    body = BytesIO()
    quarters().save(body, "MPO", save_all=True, append_images=[Image.new("RGB", (96, 64), "black")])
    photo = prepared(body.getvalue())
    assert photo.content_type == "image/jpeg"
    assert b"MPF\0" not in photo.original
    assert opened(photo.original).format == "JPEG"


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
def test_what_was_removed_is_told(kind: str, expected: tuple[str, ...]) -> None:
    assert prepared(EVERY[kind]()).removed == expected


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF", "GIF"])
def test_nothing_is_said_to_be_removed_where_nothing_was(kind: str) -> None:
    assert prepared(saved(quarters(), kind)).removed == ()


def test_the_location_in_iptc_alone_is_told() -> None:
    data = saved(quarters(), "JPEG")
    photo = prepared(
        data[:20]
        + segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0a\x1c\x02\x5a\0\x05Paris")
        + data[20:]
    )
    assert photo.removed == ("location", "metadata")
    assert b"Paris" not in photo.original


def test_imagemagicks_hexadecimal_exif_is_read_for_what_it_tells() -> None:
    block = private_exif()
    text = b"Raw profile type exif\0\0" + zlib.compress(
        b"\nexif\n%8d\n" % len(block) + block.hex().encode()
    )
    data = saved(quarters(), "PNG")
    assert "location" in prepared(data[:33] + chunk(b"zTXt", text) + data[33:]).removed


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF"])
def test_the_place_stays_where_the_operator_keeps_it_and_nothing_else_does(kind: str) -> None:
    photo = prepared(EVERY[kind](), KEEPING)
    kept = opened(photo.original).getexif()
    assert kept.get_ifd(GPS)[2] == (52.0, 31.0, 12.0)
    assert "location" not in photo.removed
    assert [word for word in private_words(photo) if word != b"GPSLatitude"] == []


def test_the_place_goes_where_the_format_cannot_keep_it_and_that_is_told() -> None:
    place = Image.Exif()
    place.get_ifd(GPS)[2] = (52.0, 31.0, 12.0)
    for data in (saved(quarters(), "TIFF", exif=place.tobytes()), gif()):
        photo = prepared(data, KEEPING)
        assert "location" in photo.removed
        assert not opened(photo.original).getexif().get_ifd(GPS)


def test_renditions_are_a_picture_and_nothing_else() -> None:
    for rendition in prepared(jpeg()).renditions:
        assert opened(rendition.body).info.keys() <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "dpi",
        }


def test_an_animated_webp_is_cleaned_inside_its_frames() -> None:
    body = BytesIO()
    frames = [Image.new("RGB", (32, 32), colour) for colour in ("red", "green", "blue")]
    frames[0].save(body, "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    data = bytearray(body.getvalue())
    frame = data.index(b"ANMF")
    length = struct.unpack_from("<I", data, frame + 4)[0]
    extra = riff(b"NOTE", NOTE.encode())
    data[frame + 8 + length : frame + 8 + length] = extra
    struct.pack_into("<I", data, frame + 4, length + len(extra))
    struct.pack_into("<I", data, 4, len(data) - 8)
    photo = prepared(bytes(data))
    assert NOTE.encode() not in photo.original
    assert getattr(opened(photo.original), "n_frames", 0) == 3


def test_a_heic_keeps_its_length_and_its_offsets() -> None:
    data = heif("HEIF")
    original = prepared(data).original
    assert len(original) == len(data)
    file = pillow_heif.open_heif(original)
    assert not file.info["exif"]
    assert not file.info.get("xmp")
    assert not file.info.get("thumbnails")


def test_a_minimal_exif_reads_back() -> None:
    full = exif.read_exif(private_exif(6))
    again = exif.read_exif(exif.build_minimal(6, full))
    assert exif.read_orientation(again) == 6
    assert again.get_ifd(exif.GPS_IFD) == full.get_ifd(exif.GPS_IFD)
    assert not again.get_ifd(exif.EXIF_IFD)
    assert set(again) == {exif.ORIENTATION, exif.GPS_IFD}
    assert exif.build_minimal(1) == b""
