"""Units of file sizes: 1 MB is 1 000 000 bytes everywhere, in settings, limits and texts."""

MB = 1_000_000
GB = 1_000_000_000


def to_megabytes(size: int) -> float:
    """Return `size` bytes in MB, rounded to a hundredth."""
    return round(size / MB, 2)
