"""Animations, and GIF files whose frame is not as large as their screen."""

import struct
from io import BytesIO

import pytest
from PIL import Image

from app.domain.errors import UnreadableImage
from tests.imaging.sample_files import encode_image, is_close, open_image, process_bytes, quarters


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


def test_an_animated_webp_that_lacks_frames_is_refused() -> None:
    body = BytesIO()
    frames = [Image.new("RGB", (32, 32), color) for color in ("red", "green", "blue")]
    frames[0].save(body, "WEBP", save_all=True, append_images=frames[1:])
    data = body.getvalue()
    with pytest.raises(UnreadableImage):
        process_bytes(data[: data.rindex(b"ANMF")])


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
