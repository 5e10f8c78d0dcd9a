"""Store a set of numbers in few bytes: LEB128 varints of the differences between sorted numbers.

The format is that of SQLite's and protobuf's integers: seven bits a byte, and the eighth bit says
that more follow (https://protobuf.dev/programming-guides/encoding/#varints).
"""

from collections.abc import Iterable
from itertools import accumulate, pairwise


def pack(numbers: Iterable[int]) -> bytes:
    """Return the bytes of a set of numbers that are not negative."""
    packed = bytearray()
    for lower, upper in pairwise([0, *sorted(numbers)]):
        difference = upper - lower
        while difference > 127:
            packed.append(difference & 127 | 128)
            difference >>= 7
        packed.append(difference)
    return bytes(packed)


def unpack(packed: bytes) -> set[int]:
    """Return the numbers that `pack` was given."""
    differences = []
    difference = shift = 0
    for byte in packed:
        difference |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            differences.append(difference)
            difference = shift = 0
    return set(accumulate(differences))
