"""Small photos that show their number, so that a test can tell which ones it finds again."""

from io import BytesIO

from PIL import Image, ImageDraw

_COLUMNS, _ROWS, _SQUARE = 4, 3, 16  # a square of 16 pixels for each of 12 bits
MAX_NUMBER = 2 ** (_COLUMNS * _ROWS) - 1
_WHITE = 128  # the middle of black and white


def numbered_photo(number: int) -> bytes:
    """Return a JPEG file whose black and white squares are the bits of the number."""
    image = Image.new("L", (_COLUMNS * _SQUARE, _ROWS * _SQUARE))
    draw = ImageDraw.Draw(image)
    for bit in range(_COLUMNS * _ROWS):
        if number >> bit & 1:
            x, y = bit % _COLUMNS * _SQUARE, bit // _COLUMNS * _SQUARE
            draw.rectangle((x, y, x + _SQUARE - 1, y + _SQUARE - 1), fill=255)
    file = BytesIO()
    image.save(file, "JPEG")
    return file.getvalue()


def number_of(photo: bytes) -> int:
    """Return the number that a photo shows."""
    middle = _SQUARE // 2
    with Image.open(BytesIO(photo)) as image:
        gray = image.convert("L")
    bits = 0
    for bit in range(_COLUMNS * _ROWS):
        place = (bit % _COLUMNS * _SQUARE + middle, bit // _COLUMNS * _SQUARE + middle)
        value = gray.getpixel(place)
        assert isinstance(value, int)
        bits |= (value > _WHITE) << bit
    return bits
