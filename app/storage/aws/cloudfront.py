"""Remove copies of objects from a CloudFront distribution.

An invalidation that fails is kept in this process and tried again. It is dropped when the copies
have expired by themselves (`object_keys.MAX_AGE_IN_SHARED_CACHES`).
"""

import logging
import threading
import time
import uuid
from collections.abc import Iterable, Mapping
from typing import Any, Protocol
from urllib.parse import quote

from app.domain.errors import StorageError
from app.storage.aws.errors import translate_errors

log = logging.getLogger(__name__)

# Amazon CloudFront Developer Guide, "Concurrent invalidation request maximum": paths without `*`.
# A path with `*` would count as one, but only 15 of those may be in progress.
MAX_PATHS = 3000
_MAX_WAITING = 10 * MAX_PATHS


class CloudFrontClient(Protocol):
    """The part of boto3's cloudfront client that Shoebox uses."""

    def create_invalidation(
        self,
        *,
        DistributionId: str,  # noqa: N803  boto3's name
        InvalidationBatch: Mapping[str, Any],  # noqa: N803  boto3's name
    ) -> Mapping[str, Any]:
        """Amazon CloudFront API Reference, "CreateInvalidation"."""


class CloudFrontInvalidation:
    """Invalidates objects in one distribution.

    Args:
        client: A CloudFront client.
        distribution_id: The id of the distribution.
        base_path: The path before every key, such as `/media`, or an empty string.
        max_age: Seconds after which CloudFront asks for an object again by itself.
    """

    def __init__(
        self, client: CloudFrontClient, distribution_id: str, base_path: str, max_age: float
    ) -> None:
        self._client = client
        self._distribution_id = distribution_id
        self._base_path = base_path
        self._max_age = max_age
        self._waiting: dict[str, float] = {}  # the path, and when its object was deleted
        self._lock = threading.Lock()

    def invalidate(self, keys: Iterable[str]) -> None:
        """Request that CloudFront removes its copies of deleted objects.

        A failure is logged, and `retry` sends the request again.
        """
        paths = [f"{self._base_path}/{quote(key)}" for key in keys]
        if not paths:
            return
        try:
            self._send(paths)
        except StorageError:
            log.exception("CloudFront keeps copies of %s until the next attempt", ", ".join(paths))
            self._keep(paths)

    def retry(self) -> int:
        """Send the requests that failed again, and return the number of their paths."""
        paths = self._still_cached()[:MAX_PATHS]
        if not paths:
            return 0
        self._send(paths)
        with self._lock:
            for path in paths:
                self._waiting.pop(path, None)
        return len(paths)

    def _send(self, paths: list[str]) -> None:
        batch = {
            "Paths": {"Quantity": len(paths), "Items": paths},
            "CallerReference": uuid.uuid4().hex,  # botocore's retries repeat it
        }
        with translate_errors():
            self._client.create_invalidation(
                DistributionId=self._distribution_id, InvalidationBatch=batch
            )

    def _keep(self, paths: Iterable[str]) -> None:
        with self._lock:
            for path in paths:
                if len(self._waiting) < _MAX_WAITING:
                    self._waiting[path] = time.monotonic()

    def _still_cached(self) -> list[str]:
        """Drop the paths whose copies have expired, and return the others."""
        oldest = time.monotonic() - self._max_age
        with self._lock:
            self._waiting = {path: at for path, at in self._waiting.items() if at > oldest}
            return list(self._waiting)
