"""How near renditions are to the best that there could be: float LANCZOS from the full decode.

Runs in the peers' environment, which has NumPy: `python -m benchmarks.ssim PHOTO FOLDER…` prints, for each folder, the
structural similarity of 0.jpg, 1.jpg, … (Wang et al. 2004: Gaussian of 11 with sigma 1.5, mean of the three channels).
`python -m benchmarks.ssim zone FILE` makes the zone plate.
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
    """Mean structural similarity of two float planes."""
    mean_1, mean_2 = _blurred(one), _blurred(other)
    var_1, var_2 = _blurred(one * one) - mean_1**2, _blurred(other * other) - mean_2**2
    both = _blurred(one * other) - mean_1 * mean_2
    above = (2 * mean_1 * mean_2 + _K1) * (2 * both + _K2)
    return float(
        np.mean(above / ((mean_1**2 + mean_2**2 + _K1) * (var_1 + var_2 + _K2)), dtype=np.float64)
    )


def similarity(planes: list[Image.Image], file: Path) -> float:
    """SSIM of a rendition against the reference at its size, the mean of the channels."""
    with Image.open(file) as rendition:
        values = []
        for plane, channel in zip(planes, rendition.convert("RGB").split(), strict=True):
            best = np.asarray(plane.resize(rendition.size, Image.Resampling.LANCZOS)).clip(0, 255)
            values.append(ssim(best, np.asarray(channel, dtype=np.float32)))
    return sum(values) / len(values)


def zone_plate(file: Path) -> None:
    """Rings that grow finer up to the finest that pixels can show, at the middle of the edges."""
    width, height = 4032, 3024
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = x - width / 2, y - height / 2
    rings = 127.5 + 127.5 * np.cos(np.pi / width * (x * x + y * y))
    Image.fromarray(rings.round().astype(np.uint8)).convert("RGB").save(
        file, "JPEG", quality=95, subsampling=0
    )


def _blurred(plane: np.ndarray) -> np.ndarray:
    """The windows' weighted means, where a window fits."""
    rows, columns = (edge - 10 for edge in plane.shape)
    across = sum(weight * plane[:, at : at + columns] for at, weight in enumerate(_WINDOW))
    return sum(weight * across[at : at + rows] for at, weight in enumerate(_WINDOW))


def main(photo: str, *folders: str) -> None:
    """Print a list of lists."""
    with Image.open(photo) as image:
        planes = [
            channel.convert("F")
            for channel in ImageOps.exif_transpose(image).convert("RGB").split()
        ]
    print(
        json.dumps(
            [
                [similarity(planes, file) for file in sorted(Path(folder).glob("*.jpg"))]
                for folder in folders
            ]
        )
    )


if __name__ == "__main__":
    if sys.argv[1] == "zone":
        zone_plate(Path(sys.argv[2]))
    else:
        main(*sys.argv[1:])
