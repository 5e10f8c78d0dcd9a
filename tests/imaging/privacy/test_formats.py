"""Metadata is removed from the parts that a format alone has, and its other parts are kept."""

import struct
from io import BytesIO

import pillow_heif
from PIL import Image

from tests.imaging.privacy.private_files import heif, jpeg, process_sample
from tests.imaging.sample_files import (
    NOTE,
    encode_image,
    open_image,
    process_bytes,
    quarters,
    webp_chunk,
)


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
