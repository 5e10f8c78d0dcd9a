"""The photographs that are measured: 12 MP, the same on its side, 24 MP and 48 MP.

SHOEBOX_PHOTOS may name a folder of real ones; sizes it has none of are laid out like tiles from its 12 MP photo.
Without it one is made that compresses like a photograph: noise in octaves, the fainter the finer, about 3 bits a pixel.
"""

import os
import random
from collections.abc import Iterator
from functools import reduce
from pathlib import Path

from PIL import Image, ImageChops, ImageOps

ORIENTATION = 0x0112
SIZES = {"12 MP": (4032, 3024), "24 MP": (6000, 4000), "48 MP": (8064, 6048)}
ON_ITS_SIDE = "12 MP, orientation 6"
NEAR = 0.15  # how far a real photo's pixels may be from a size to stand for it
QUALITY = 90


def photographs(folder: Path) -> dict[str, Path]:
    """The files by name, with what had to be made written to `folder`."""
    real = _real_ones()
    main = real.get("12 MP") or _written(folder / "12.jpg", made(SIZES["12 MP"]), quality=QUALITY)
    picture, tables = _opened(main)
    side = _written(
        folder / "side.jpg",
        picture.transpose(Image.Transpose.ROTATE_90),
        orientation=6,
        qtables=tables,
    )
    found = {"12 MP": main, ON_ITS_SIDE: side}
    for name in ("24 MP", "48 MP"):
        found[name] = real.get(name) or _written(
            folder / f"{name[:2]}.jpg", tiled(picture, SIZES[name]), qtables=tables
        )
    return found


def made(size: tuple[int, int]) -> Image.Image:
    """A picture as busy as a photograph, the same each time."""
    return Image.merge("RGB", [_clouds(size, seed) for seed in range(3)])


def tiled(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The image and its mirror images, laid out until they fill `size`: as many bits a pixel as it has."""
    tiles = Image.new("RGB", size)
    for column, left in enumerate(range(0, size[0], image.width)):
        for row, top in enumerate(range(0, size[1], image.height)):
            tile = ImageOps.mirror(image) if column % 2 else image
            tiles.paste(ImageOps.flip(tile) if row % 2 else tile, (left, top))
    return tiles


def _clouds(size: tuple[int, int], seed: int) -> Image.Image:
    """Octaves of noise: the common one lends the channels the likeness that they have in photographs."""
    octaves = [*_octaves(size, -1), *_octaves(size, seed)]
    return reduce(lambda sum_, octave: ImageChops.add(sum_, octave, 1, -128), octaves)


def _octaves(size: tuple[int, int], seed: int) -> Iterator[Image.Image]:
    numbers = random.Random(seed)  # noqa: S311  the same each time, no secret
    for octave, contrast in enumerate((0.045, 0.05, 0.06, 0.08, 0.1, 0.12, 0.2, 0.3)):
        width, height = size[0] >> octave, size[1] >> octave
        noise = Image.frombytes("L", (width, height), numbers.randbytes(width * height))
        faint = noise.point([round(128 + contrast * (value - 128)) for value in range(256)])
        yield faint.resize(size, Image.Resampling.BICUBIC)


def _real_ones() -> dict[str, Path]:
    """Upright real photographs by the size that they are nearest to."""
    folder = os.environ.get("SHOEBOX_PHOTOS")
    files = (
        sorted(path for path in Path(folder).iterdir() if path.suffix.lower() in {".jpg", ".jpeg"})
        if folder
        else []
    )
    pixels = {path: count for path in files if (count := _pixels(path))}
    found = {}
    for name, (width, height) in SIZES.items():
        distances = {path: abs(count / (width * height) - 1) for path, count in pixels.items()}
        if distances and min(distances.values()) < NEAR:
            found[name] = min(distances, key=lambda path: distances[path])
    return found


def _pixels(path: Path) -> int:
    """How many an upright, whole, sequential JPEG has; 0 for anything else."""
    try:
        with Image.open(path, formats=["JPEG"]) as image:
            upright = image.getexif().get(ORIENTATION, 1) == 1 and "progressive" not in image.info
            image.draft(None, (image.width // 8, image.height // 8))
            image.load()
            return _full_size(path) if upright else 0
    except OSError:
        return 0


def _full_size(path: Path) -> int:
    with Image.open(path) as image:
        return image.width * image.height


def _opened(path: Path) -> tuple[Image.Image, object]:
    """The picture and its quantization tables: saved with them again it has as many bits a pixel."""
    with Image.open(path, formats=["JPEG"]) as image:
        image.load()
        return image.convert("RGB"), image.quantization


def _written(path: Path, image: Image.Image, orientation: int = 1, **options: object) -> Path:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    image.save(path, "JPEG", exif=exif, **options)
    return path
