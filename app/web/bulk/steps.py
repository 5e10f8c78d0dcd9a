"""Before its deadline, end a request that changes many photos. Another request continues."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

from app.domain.errors import StorageError
from app.services.deadline import remaining_seconds
from app.web.bulk.each_photo import BulkResult, ItemError

# A request begins no further photo when less is left until its deadline.
MIN_SECONDS = 8.0


def has_time() -> bool:
    """Return whether the request may begin another photo."""
    remaining = remaining_seconds()
    return remaining is None or remaining > MIN_SECONDS


def while_time_remains(photo_ids: Iterable[str]) -> Iterator[str]:
    """Yield the ids until little time is left."""
    return takewhile(lambda _photo_id: has_time(), photo_ids)


def storage_error_of(errors: Iterable[ItemError]) -> StorageError | None:
    """Return the error of the storage that ended the step early, if any."""
    return next((item.error for item in errors if isinstance(item.error, StorageError)), None)


def first_failed(result: BulkResult) -> str | None:
    """Return the photo whose change the storage interrupted, if any. It may be half changed."""
    failed = (item.photo_id for item in result.errors if isinstance(item.error, StorageError))
    return next(failed, None)


def refusals_of(errors: Iterable[ItemError]) -> list[ItemError]:
    """Return the errors that are about single photos."""
    return [item for item in errors if not isinstance(item.error, StorageError)]


def last_tried(photo_ids: Sequence[str], result: BulkResult) -> str | None:
    """Return the last photo that was changed or refused, None if there was none."""
    tried = len(result.changed) + len(refusals_of(result.errors))
    return photo_ids[tried - 1] if tried else None
