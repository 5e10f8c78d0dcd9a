"""Damaged files and files that are no photos are refused; unusual but complete ones are not.

Covers app.imaging.decoder_errors.
"""

import struct
from io import BytesIO

import pytest
from PIL import Image

from app.domain.errors import UnreadableImage
from tests.imaging.sample_files import (
    encode_image,
    encode_oriented,
    is_close,
    jpeg_segment,
    noise,
    open_image,
    png_chunk,
    process_bytes,
    quarters,
)

KINDS = ["JPEG", "PNG", "WEBP", "GIF", "AVIF", "HEIF", "TIFF"]


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("kind", KINDS)
def test_a_truncated_file_is_refused_in_plain_language(kind: str, part: float) -> None:
    data = encode_image(noise(200, 150), kind)
    with pytest.raises(UnreadableImage, match=r"Use|Upload|Re-save|Save|Try again") as refusal:
        process_bytes(data[: int(len(data) * part)])
    assert not any(
        word in str(refusal.value) for word in ("Error", "0x", "None", "truncated", "Traceback")
    )


@pytest.mark.parametrize("part", [0.5, 0.9, 0.999])
def test_a_progressive_jpeg_without_its_end_is_refused(part: float) -> None:
    data = encode_image(noise(200, 150), "JPEG", progressive=True)
    with pytest.raises(UnreadableImage):
        process_bytes(data[: int(len(data) * part)])


@pytest.mark.parametrize("blocks", [0, 2])
def test_a_jpeg_without_only_its_end_marker_is_accepted(blocks: int) -> None:
    data = encode_image(noise(200, 150), "JPEG", restart_marker_blocks=blocks)
    assert process_bytes(data[:-2]).original == process_bytes(data).original


@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_a_missing_trailer_is_added(kind: str) -> None:
    data = encode_image(quarters(), kind)
    cut = data[:-12] if kind == "PNG" else data[:-1]
    assert process_bytes(cut).original == data


@pytest.mark.parametrize("kind", KINDS)
def test_the_content_type_is_that_of_the_contents(kind: str) -> None:
    photo = process_bytes(encode_image(quarters(), kind))
    assert photo.content_type == "image/" + {"HEIF": "heic"}.get(kind, kind.lower())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xd9",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"RIFF\x04\0\0\0WEBP",
        b"II*\0",
        b"II*\0\xff\xff\xff\xff",
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        b"\0\0\0\x18ftypmp42\0\0\0\0isommp42\0\0\0\x08mdat",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b"#!/bin/sh\n",
        bytes(5_000),
    ],
)
def test_a_file_that_is_no_photo_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableImage) as refusal:
        process_bytes(data)
    assert str(refusal.value).count(".") in (1, 2)


@pytest.mark.parametrize("kind", ["BMP", "ICO", "PPM", "TGA", "PCX", "JPEG2000", "ICNS"])
def test_other_formats_of_pillow_are_refused(kind: str) -> None:
    with pytest.raises(UnreadableImage, match="JPEG, PNG, WebP"):
        process_bytes(encode_image(Image.new("RGB", (16, 16), "red"), kind))


def test_a_raw_file_is_refused_by_name() -> None:
    data = encode_image(quarters(), "TIFF", tiffinfo={0xC612: b"\1\4\0\0"})
    with pytest.raises(UnreadableImage, match="raw file"):
        process_bytes(data)


def test_the_first_page_of_a_tiff_is_the_photo() -> None:
    body = BytesIO()
    quarters().save(body, "TIFF", save_all=True, append_images=[Image.new("RGB", (9, 9))])
    photo = process_bytes(body.getvalue())
    assert (photo.width, photo.height) == (96, 64)
    assert getattr(open_image(photo.original), "n_frames", 1) == 1


def test_a_jpeg_with_two_frame_headers_is_refused() -> None:
    data = encode_image(quarters(), "JPEG")
    frame = data.index(b"\xff\xc0")
    with pytest.raises(UnreadableImage):
        process_bytes(data[:frame] + data[frame : frame + 19] + data[frame:])


def test_bytes_between_segments_are_left_out() -> None:
    data = encode_image(quarters(), "JPEG")
    assert (
        process_bytes(data[:20] + b"\0garbage" + jpeg_segment(0xEF, b"x") + data[20:]).original
        == data
    )


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_an_animation_is_kept_and_its_first_frame_is_the_rendition(kind: str) -> None:
    body = BytesIO()
    frames = [quarters(), *(Image.new("RGB", (96, 64), color) for color in ("black", "white"))]
    frames[0].save(body, kind, save_all=True, append_images=frames[1:], duration=100, loop=0)
    photo = process_bytes(body.getvalue())
    original = Image.open(BytesIO(photo.original))
    assert original.is_animated  # type: ignore[attr-defined]
    assert original.n_frames == 3  # type: ignore[attr-defined]
    assert original.info["loop"] == 0
    assert photo.original == body.getvalue() or kind == "GIF"
    red = open_image(photo.renditions[0].body).getpixel((10, 10))
    assert isinstance(red, tuple)
    assert red[0] > 150 > red[1]


def test_an_avif_sequence_becomes_its_still() -> None:
    body = BytesIO()
    frames = [quarters(), *(Image.new("RGB", (96, 64), color) for color in ("black", "white"))]
    frames[0].save(body, "AVIF", save_all=True, append_images=frames[1:], duration=100)
    photo = process_bytes(body.getvalue())
    assert getattr(open_image(photo.original), "n_frames", 1) == 1
    assert photo.content_type == "image/avif"
    assert b"moov" not in photo.original


def test_a_file_name_does_not_change_the_format() -> None:
    data = BytesIO(encode_oriented("PNG", 1))
    data.name = "photo.jpg"
    assert process_bytes(data.getvalue()).content_type == "image/png"


def with_chunk(data: bytes, chunk: bytes, before: bytes) -> bytes:
    """Return a PNG with another chunk before the first chunk of the type `before`."""
    start = data.index(before) - 4
    return data[:start] + chunk + data[start:]


@pytest.mark.parametrize("name", [b"gAMA", b"cHRM", b"pHYs", b"iCCP", b"tRNS", b"sRGB"])
def test_a_png_chunk_with_a_wrong_checksum_is_left_out(name: bytes) -> None:
    """Browsers ignore it, too."""
    data = encode_image(quarters(), "PNG")
    broken = png_chunk(name, b"\x01")[:-4] + b"oops"
    assert process_bytes(with_chunk(data, broken, b"IDAT")).original == data


def test_an_orientation_after_the_pixels_of_a_png_is_ignored() -> None:
    """Browsers apply only that of an eXIf chunk before them."""
    rotated = Image.Exif()
    rotated[0x0112] = 6
    chunk = png_chunk(b"eXIf", rotated.tobytes().removeprefix(b"Exif\0\0"))
    data = encode_image(quarters(), "PNG")
    sizes = [
        (photo.width, photo.height)
        for photo in (
            process_bytes(with_chunk(data, chunk, b"IDAT")),
            process_bytes(with_chunk(data, chunk, b"IEND")),
        )
    ]
    assert sizes == [(64, 96), (96, 64)]


@pytest.mark.parametrize("excess", [1, 8, 1000])
def test_a_webp_whose_size_field_is_too_large_is_published(excess: int) -> None:
    data = bytearray(encode_image(quarters(), "WEBP"))
    size = int.from_bytes(data[4:8], "little")
    data[4:8] = (size + excess).to_bytes(4, "little")
    assert process_bytes(bytes(data)).original == encode_image(quarters(), "WEBP")


def test_an_animated_webp_that_lacks_frames_is_refused() -> None:
    body = BytesIO()
    frames = [Image.new("RGB", (32, 32), color) for color in ("red", "green", "blue")]
    frames[0].save(body, "WEBP", save_all=True, append_images=frames[1:])
    data = body.getvalue()
    with pytest.raises(UnreadableImage):
        process_bytes(data[: data.rindex(b"ANMF")])


def jpeg_with_frame_header(marker: int, precision: int) -> bytes:
    data = bytearray(encode_image(quarters(), "JPEG"))
    start = data.index(b"\xff\xc0")
    data[start + 1], data[start + 4] = marker, precision
    return bytes(data)


@pytest.mark.parametrize(("marker", "precision"), [(0xC1, 12), (0xC3, 8), (0xC5, 8), (0xCB, 8)])
def test_other_kinds_of_jpeg_are_not_called_damaged(marker: int, precision: int) -> None:
    """12-bit, lossless and hierarchical JPEGs are whole files."""
    with pytest.raises(UnreadableImage, match="isn’t supported"):
        process_bytes(jpeg_with_frame_header(marker, precision))


@pytest.mark.parametrize("data", [b"\xff\x0a" + bytes(50), b"\0\0\0\x0cJXL \r\n\x87\n"])
def test_jpeg_xl_is_refused_as_a_type(data: bytes) -> None:
    with pytest.raises(UnreadableImage, match="type isn’t supported"):
        process_bytes(data)


def test_a_palette_png_without_a_palette_is_damaged() -> None:
    data = encode_image(quarters().quantize(4), "PNG")
    start = data.index(b"PLTE") - 4
    length = int.from_bytes(data[start : start + 4])
    with pytest.raises(UnreadableImage):
        process_bytes(data[:start] + data[start + 12 + length :])


def place_frame(data: bytes, screen: tuple[int, int], left: int, top: int) -> bytes:
    """Return a GIF of one image with a larger screen, and the image at another place of it."""
    moved = bytearray(data)
    moved[6:10] = struct.pack("<HH", *screen)
    descriptor = data.index(b",\0\0\0\0")
    moved[descriptor + 1 : descriptor + 5] = struct.pack("<HH", left, top)
    return bytes(moved)


@pytest.mark.parametrize("transparency", [None, 0])
@pytest.mark.parametrize("background", [0, 3])
def test_the_screen_around_a_gif_frame_is_transparent(
    background: int, transparency: int | None
) -> None:
    """As in browsers, which ignore the background color; renditions are on white."""
    options = {} if transparency is None else {"transparency": transparency}
    image = quarters(100, 80).quantize(4)
    data = encode_image(image, "GIF", background=background, optimize=False, **options)
    photo = process_bytes(place_frame(data, (300, 200), 40, 30))
    rendition = open_image(photo.renditions[-1].body)
    assert rendition.size == (300, 200)
    expected = Image.new("RGB", (300, 200), "white")
    frame = open_image(data).convert("RGBA")
    expected.paste(frame, (40, 30), mask=frame)
    for point in ((5, 5), (295, 195), (20, 100), (150, 70), (60, 40), (120, 40), (60, 100)):
        assert is_close(rendition.getpixel(point), expected.getpixel(point), 25)


def test_a_gif_frame_beyond_the_screen_enlarges_it() -> None:
    data = encode_image(quarters(100, 80).quantize(4), "GIF")
    photo = process_bytes(place_frame(data, (60, 50), 20, 10))
    assert (photo.width, photo.height) == (120, 90)
    assert is_close(open_image(photo.renditions[-1].body).getpixel((5, 5)), (255, 255, 255), 25)
