"""Compare renditions with the best possible ones: float LANCZOS from the full decode.

`python -m benchmarks.images.ssim PHOTO FOLDER…` prints the structural similarity of 0.jpg, 1.jpg, …
in each folder (Wang et al. 2004: a Gaussian window of 11 with sigma 1.5, mean of the three
channels). `python -m benchmarks.images.ssim zone FILE` writes the zone plate. This module runs in
the virtual environment of the peers, which has NumPy.
"""

import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

_K1, _K2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
_WINDOW = np.exp(-((np.arange(11) - 5) ** 2) / (2 * 1.5**2))
_WINDOW = (_WINDOW / _WINDOW.sum()).astype(np.float32)


def ssim(one: np.ndarray, other: np.ndarray) -> float:
    """Return the mean structural similarity of two float planes."""
    mean_1, mean_2 = _blur(one), _blur(other)
    var_1, var_2 = _blur(one * one) - mean_1**2, _blur(other * other) - mean_2**2
    both = _blur(one * other) - mean_1 * mean_2
    above = (2 * mean_1 * mean_2 + _K1) * (2 * both + _K2)
    return float(
        np.mean(above / ((mean_1**2 + mean_2**2 + _K1) * (var_1 + var_2 + _K2)), dtype=np.float64)
    )


def similarity(planes: list[Image.Image], file: Path) -> float:
    """Return the SSIM of a rendition and the reference in its size, the mean of the channels."""
    with Image.open(file) as rendition:
        values = []
        for plane, channel in zip(planes, rendition.convert("RGB").split(), strict=True):
            best = np.asarray(plane.resize(rendition.size, Image.Resampling.LANCZOS)).clip(0, 255)
            values.append(ssim(best, np.asarray(channel, dtype=np.float32)))
    return sum(values) / len(values)


def write_zone_plate(file: Path) -> None:
    """Write rings that reach the finest detail that pixels can show at the middle of each edge."""
    width, height = 4032, 3024
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = x - width / 2, y - height / 2
    rings = 127.5 + 127.5 * np.cos(np.pi / width * (x * x + y * y))
    image = Image.fromarray(rings.round().astype(np.uint8)).convert("RGB")
    image.save(file, "JPEG", quality=95, subsampling=0)


def _blur(plane: np.ndarray) -> np.ndarray:
    """Return the weighted mean of each window that fits into the plane."""
    rows, columns = (edge - 10 for edge in plane.shape)
    across = sum(weight * plane[:, at : at + columns] for at, weight in enumerate(_WINDOW))
    return sum(weight * across[at : at + rows] for at, weight in enumerate(_WINDOW))


def main(photo: str, *folders: str) -> None:
    """Print a list of similarities for each folder, as JSON."""
    with Image.open(photo) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
    planes = [channel.convert("F") for channel in upright.split()]
    similarities = []
    for folder in folders:
        files = sorted(Path(folder).glob("*.jpg"))
        similarities.append([similarity(planes, file) for file in files])
    print(json.dumps(similarities))


if __name__ == "__main__":
    if sys.argv[1] == "zone":
        write_zone_plate(Path(sys.argv[2]))
    else:
        main(*sys.argv[1:])
