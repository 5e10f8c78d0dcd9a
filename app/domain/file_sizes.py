"""Units of file sizes: 1 MB is 1 000 000 bytes everywhere, in settings, limits and texts."""

import math

MB = 1_000_000
GB = 1_000_000_000


def to_megabytes(size: int) -> float:
    """Return `size` bytes in MB, rounded up to a hundredth.

    A file that is one byte over a limit of 50 MB has 50.01 MB.
    """
    hundredths = math.ceil(100 * size / MB)
    return hundredths / 100
