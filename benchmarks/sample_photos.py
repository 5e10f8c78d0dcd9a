"""The photos that are measured: 12 MP, the same rotated, 24 MP and 48 MP.

SHOEBOX_PHOTOS may name a folder of real photos. Sizes that it does not have are tiled from its
12 MP photo. Without it, a photo is generated that compresses as a real one does, at about 3 bits a
pixel: noise in octaves, with less contrast in the finer ones.
"""

import os
import random
from collections.abc import Iterator
from functools import reduce
from pathlib import Path

from PIL import Image, ImageChops, ImageOps
from PIL.JpegImagePlugin import JpegImageFile

ORIENTATION = 0x0112
SIZES = {"12 MP": (4032, 3024), "24 MP": (6000, 4000), "48 MP": (8064, 6048)}
ROTATED = "12 MP, orientation 6"
MAX_DIFFERENCE = 0.15  # of the pixels of a real photo from the size that it is used for
QUALITY = 90
SUFFIXES = {".jpg", ".jpeg"}


def sample_photos(folder: Path) -> dict[str, Path]:
    """Return the files by name; generated ones are written to `folder`."""
    real = _real_photos()
    main = real.get("12 MP")
    if main is None:
        main = _save(folder / "12.jpg", generate(SIZES["12 MP"]), quality=QUALITY)
    image, tables = _open(main)
    rotated = _save(
        folder / "side.jpg",
        image.transpose(Image.Transpose.ROTATE_90),
        orientation=6,
        qtables=tables,
    )
    found = {"12 MP": main, ROTATED: rotated}
    for name in ("24 MP", "48 MP"):
        found[name] = real.get(name) or _save(
            folder / f"{name[:2]}.jpg", tile(image, SIZES[name]), qtables=tables
        )
    return found


def generate(size: tuple[int, int]) -> Image.Image:
    """Return an image with as much detail as a photo, the same each time."""
    return Image.merge("RGB", [_clouds(size, seed) for seed in range(3)])


def tile(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return the image and its mirror images side by side, with the same bits a pixel."""
    tiles = Image.new("RGB", size)
    for column, left in enumerate(range(0, size[0], image.width)):
        for row, top in enumerate(range(0, size[1], image.height)):
            piece = ImageOps.mirror(image) if column % 2 else image
            tiles.paste(ImageOps.flip(piece) if row % 2 else piece, (left, top))
    return tiles


def _clouds(size: tuple[int, int], seed: int) -> Image.Image:
    """Return noise in octaves; those of seed -1 make the channels alike, as they are in photos."""
    octaves = [*_octaves(size, -1), *_octaves(size, seed)]
    return reduce(lambda sum_, octave: ImageChops.add(sum_, octave, 1, -128), octaves)


def _octaves(size: tuple[int, int], seed: int) -> Iterator[Image.Image]:
    numbers = random.Random(seed)  # noqa: S311 - not a secret
    for octave, contrast in enumerate((0.045, 0.05, 0.06, 0.08, 0.1, 0.12, 0.2, 0.3)):
        width, height = size[0] >> octave, size[1] >> octave
        noise = Image.frombytes("L", (width, height), numbers.randbytes(width * height))
        faint = noise.point([round(128 + contrast * (value - 128)) for value in range(256)])
        yield faint.resize(size, Image.Resampling.BICUBIC)


def _real_photos() -> dict[str, Path]:
    """Return upright real photos by the size that is nearest."""
    folder = os.environ.get("SHOEBOX_PHOTOS")
    if not folder:
        return {}
    files = sorted(path for path in Path(folder).iterdir() if path.suffix.lower() in SUFFIXES)
    pixels = {path: _pixels(path) for path in files}
    found = {}
    for name, (width, height) in SIZES.items():
        distances = {
            path: abs(count / (width * height) - 1) for path, count in pixels.items() if count
        }
        nearest = min(distances, key=distances.__getitem__, default=None)
        if nearest and distances[nearest] < MAX_DIFFERENCE:
            found[name] = nearest
    return found


def _pixels(path: Path) -> int:
    """Return the pixels of an upright, complete and sequential JPEG; 0 for any other file."""
    try:
        with Image.open(path, formats=["JPEG"]) as image:
            is_usable = image.getexif().get(ORIENTATION, 1) == 1 and "progressive" not in image.info
            image.draft(None, (image.width // 8, image.height // 8))
            image.load()
            return _full_size(path) if is_usable else 0
    except OSError:
        return 0


def _full_size(path: Path) -> int:
    with Image.open(path) as image:
        return image.width * image.height


def _open(path: Path) -> tuple[Image.Image, object]:
    """Return the image and its quantization tables, to save it with the same bits a pixel."""
    with Image.open(path, formats=["JPEG"]) as image:
        assert isinstance(image, JpegImageFile)
        image.load()
        return image.convert("RGB"), image.quantization


def _save(path: Path, image: Image.Image, orientation: int = 1, **options: object) -> Path:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    image.save(path, "JPEG", exif=exif, **options)
    return path
