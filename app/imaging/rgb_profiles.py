"""Build ICC profiles from the color space that a PNG names by numbers instead (PNG, 11.3.2)."""

import struct
from collections.abc import Callable, Mapping, Sequence

from app.imaging import icc

Vector = tuple[float, float, float]
Matrix = tuple[Vector, Vector, Vector]  # rows
Curve = Callable[[float], float]  # from a coded value to light, both from 0 to 1

_D50: Vector = (0.9642, 1.0, 0.8249)  # the white of ICC profiles (ICC.1, 7.2.16)
_D65 = (0.3127, 0.3290)
_BRADFORD: Matrix = (
    (0.8951, 0.2664, -0.1614),
    (-0.7502, 1.7135, 0.0367),
    (0.0389, -0.0685, 1.0296),
)
_CURVE_POINTS = 1024
_SRGB_GAMMA = 0.45455
_GAMMA_TOLERANCE = 0.005
_SDR_WHITE, _BRIGHTEST = 203.0, 1000.0  # cd/m² (ITU-R BT.2408); brighter light becomes white

SRGB_CHROMATICITIES = (*_D65, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
# White, red, green and blue of the color primaries of ITU-T H.273, table 2.
_PRIMARIES: dict[int, Sequence[float]] = {
    1: SRGB_CHROMATICITIES,
    9: (*_D65, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046),
    11: (0.314, 0.351, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
    12: (*_D65, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
}


def profile_from_chunks(chunks: Mapping[bytes, bytes]) -> bytes | None:
    """Return the profile of the color space that chunks of a PNG name by numbers.

    cICP comes before iCCP, then sRGB, then gAMA and cHRM (section 12.1).

    Args:
        chunks: The data of each chunk by its type.

    Returns:
        Empty for sRGB; None if no chunk names a color space, or if an iCCP chunk comes first.
    """
    if len(chunks.get(b"cICP", b"")) == 4:
        primaries, transfer, _matrix, _full_range = chunks[b"cICP"]
        profile = profile_from_code_points(primaries, transfer)
        if profile is not None:
            return profile
    if b"iCCP" in chunks or b"sRGB" in chunks or len(chunks.get(b"gAMA", b"")) != 4:
        return None
    (gamma,) = _read_numbers(chunks[b"gAMA"])
    chrm = chunks.get(b"cHRM", b"")
    return profile_from_gamma(gamma, _read_numbers(chrm) if len(chrm) == 32 else ())


def profile_from_code_points(primaries: int, transfer: int) -> bytes | None:
    """Return the profile of a cICP chunk; empty for sRGB, None for unknown code points (H.273)."""
    if (primaries, transfer) == (1, 13):
        return b""
    if primaries not in _PRIMARIES or transfer not in _TRANSFERS:
        return None
    return _build(_PRIMARIES[primaries], _TRANSFERS[transfer])


def profile_from_gamma(gamma: float, chromaticities: Sequence[float]) -> bytes:
    """Return the profile of gAMA and cHRM chunks; empty if they are those of sRGB or invalid.

    Args:
        gamma: The exponent with which light was coded; 0.45455 in most files.
        chromaticities: x and y of white, red, green and blue; those of sRGB if it is empty.
    """
    is_srgb = abs(gamma - _SRGB_GAMMA) <= _GAMMA_TOLERANCE
    if not 0.1 <= gamma <= 10 or (is_srgb and not chromaticities):
        return b""
    try:
        return _build(chromaticities or SRGB_CHROMATICITIES, lambda value: value ** (1 / gamma))
    except (ArithmeticError, ValueError, struct.error):  # no such colors
        return b""


def _read_numbers(data: bytes) -> list[float]:
    return [number / 100_000 for (number,) in struct.iter_unpack(">I", data)]


def _build(chromaticities: Sequence[float], curve: Curve) -> bytes:
    columns = zip(*_to_d50_matrix(chromaticities), strict=True)
    tags = {b"wtpt": _xyz(_D50)}
    tags |= dict(zip((b"rXYZ", b"gXYZ", b"bXYZ"), map(_xyz, columns), strict=True))
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _curve_tag(curve))
    return icc.build_profile(tags)


def _xyz(values: Sequence[float]) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65_536) for value in values))


def _curve_tag(curve: Curve) -> bytes:
    last = _CURVE_POINTS - 1
    values = [min(1.0, max(0.0, curve(point / last))) for point in range(_CURVE_POINTS)]
    numbers = [round(65_535 * value) for value in values]
    return b"curv\0\0\0\0" + struct.pack(f">I{_CURVE_POINTS}H", _CURVE_POINTS, *numbers)


def _to_d50_matrix(chromaticities: Sequence[float]) -> Matrix:
    """Return the matrix from linear RGB to XYZ, adapted from its own white to D50."""
    white_x, white_y, *primaries = chromaticities
    white = _to_xyz(white_x, white_y)
    red, green, blue = (_to_xyz(*primaries[start : start + 2]) for start in (0, 2, 4))
    unscaled = _transpose((red, green, blue))
    scale = _apply(_invert(unscaled), white)
    to_xyz = _multiply(unscaled, _diagonal(scale))
    source, target = _apply(_BRADFORD, white), _apply(_BRADFORD, _D50)
    ratios = tuple(to / of for to, of in zip(target, source, strict=True))
    adaptation = _multiply(_invert(_BRADFORD), _multiply(_diagonal(ratios), _BRADFORD))
    return _multiply(adaptation, to_xyz)


def _to_xyz(x: float, y: float) -> Vector:
    return (x / y, 1.0, (1 - x - y) / y)


def _transpose(matrix: Matrix) -> Matrix:
    return tuple(zip(*matrix, strict=True))  # type: ignore[return-value]


def _diagonal(values: Sequence[float]) -> Matrix:
    first, second, third = values
    return ((first, 0.0, 0.0), (0.0, second, 0.0), (0.0, 0.0, third))


def _apply(matrix: Matrix, vector: Vector) -> Vector:
    return tuple(_dot(row, vector) for row in matrix)  # type: ignore[return-value]


def _multiply(one: Matrix, other: Matrix) -> Matrix:
    columns = _transpose(other)
    return tuple(_apply(columns, row) for row in one)  # type: ignore[return-value]


def _dot(one: Vector, other: Vector) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def _invert(matrix: Matrix) -> Matrix:
    """Return the inverse, from the cross products of the rows."""
    one, two, three = matrix
    crosses = (_cross(two, three), _cross(three, one), _cross(one, two))
    determinant = _dot(one, crosses[0])
    rows = tuple(_divide(cross, determinant) for cross in crosses)
    return _transpose(rows)  # type: ignore[arg-type]


def _divide(vector: Vector, divisor: float) -> Vector:
    return tuple(value / divisor for value in vector)  # type: ignore[return-value]


def _cross(one: Vector, other: Vector) -> Vector:
    (a, b, c), (d, e, f) = one, other
    return (b * f - c * e, c * d - a * f, a * e - b * d)


def _srgb(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _bt709(value: float) -> float:
    return value / 4.5 if value < 0.081 else float(((value + 0.099) / 1.099) ** (1 / 0.45))


def _pq(value: float) -> float:
    """Return the light of PQ (SMPTE ST 2084), tone-mapped to a screen of standard range."""
    root = value ** (1 / 78.84375)
    fraction = max(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)
    return _tone_map(10_000 * fraction ** (1 / 0.1593017578125))


def _hlg(value: float) -> float:
    """Return the light of HLG (ITU-R BT.2100) on a screen of 1000 cd/m², tone-mapped."""
    scene = (
        value**2 / 3 if value <= 0.5 else (2.71828 ** ((value - 0.55991) / 0.17883) + 0.28467) / 12
    )
    return _tone_map(1000 * scene**1.2)


def _tone_map(luminance: float) -> float:
    """Map cd/m² to 0 … 1 by Reinhard's curve (2002, equation 4), which keeps dark tones."""
    relative, brightest = luminance / _SDR_WHITE, _BRIGHTEST / _SDR_WHITE
    return relative * (1 + relative / brightest**2) / (1 + relative)


# By the transfer characteristics of H.273, table 3.
_TRANSFERS: dict[int, Curve] = {
    1: _bt709,
    4: lambda value: value**2.2,
    5: lambda value: value**2.8,
    6: _bt709,
    8: lambda value: value,
    13: _srgb,
    14: _bt709,
    15: _bt709,
    16: _pq,
    18: _hlg,
}
