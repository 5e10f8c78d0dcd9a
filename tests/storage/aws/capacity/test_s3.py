"""The requests that each partition of S3 gets if there are many uploads.

Covers app.domain.object_keys.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

import pytest

from app.domain import object_keys
from app.domain.batches import Batch
from app.domain.image.rendition_sizes import AVIF_WIDTHS, JPEG_WIDTHS
from app.domain.photo_ids import PhotoIdFactory

# Amazon S3 User Guide, "Best practices design patterns": a second, for each partitioned prefix.
PUT_LIMIT = 3_500
UPLOADS = 1_000  # a second
PARTITIONS = 64
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC).timestamp()


def ids_of_single_uploads(second: int) -> Iterator[str]:
    """Yield the ids of one process, at a steady pace."""
    times = iter(NOW + second + number / UPLOADS for number in range(UPLOADS))
    new_id = PhotoIdFactory(lambda: next(times))
    return (new_id() for _ in range(UPLOADS))


def ids_of_a_batch(second: int) -> Iterator[str]:
    """Yield the ids of a batch that is uploaded for hours."""
    batch = Batch(int(NOW * 1000))
    first = second * UPLOADS
    return (batch.new_id(None, position) for position in range(first, first + UPLOADS))


def ids_of_an_import(second: int) -> Iterator[str]:
    """Yield ids of the time at which photos were taken, one photo a minute."""
    for number in range(UPLOADS):
        minute = NOW + 60 * (second * UPLOADS + number)
        yield Batch(int(minute * 1000)).new_id(datetime.fromtimestamp(minute, UTC), 0)


def keys_of(photo_id: str, prefix: str) -> Iterable[str]:
    """Return the keys of a photo with all renditions, and that of its sidecar."""
    keys = object_keys.public_keys(photo_id, "image/jpeg", JPEG_WIDTHS, AVIF_WIDTHS)
    moved = (object_keys.moved(key, prefix) for key in keys)
    return (*moved, object_keys.sidecar(photo_id, prefix))


def busiest(seen: Iterable[str], new: Iterable[str]) -> int:
    """Return the number of new keys in one partition.

    S3 partitions the keys that it has seen, by the load of each part of their order.
    """
    in_order = sorted(seen)
    boundaries = in_order[:: len(in_order) // PARTITIONS]
    return max(Counter(bisect_right(boundaries, key) for key in new).values())


@pytest.mark.parametrize("prefix", [object_keys.PUBLIC_PREFIX, object_keys.TRASH_PREFIX])
@pytest.mark.parametrize(
    "ids", [ids_of_single_uploads, ids_of_a_batch, ids_of_an_import], ids=lambda ids: ids.__name__
)
def test_no_prefix_is_too_busy_at_1000_uploads_a_second(
    ids: Callable[[int], Iterator[str]], prefix: str
) -> None:
    """The newest ids are always the largest. A deletion copies all objects to the trash."""
    seen = [
        key for second in range(5) for photo_id in ids(second) for key in keys_of(photo_id, prefix)
    ]
    new = [key for photo_id in ids(5) for key in keys_of(photo_id, prefix)]
    assert len(new) == 12 * UPLOADS
    assert busiest(seen, new) <= PUT_LIMIT
