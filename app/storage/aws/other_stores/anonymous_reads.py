"""Check that anyone can read the public photos in a bucket, but no other objects and no lists."""

import logging
import secrets
import urllib.error
import urllib.request
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPException

from app.domain import object_keys, photo_ids
from app.domain.errors import StorageError, StorageUnavailable
from app.services.ports import ObjectStore

log = logging.getLogger(__name__)

Fetch = Callable[[str], bytes]

_TIMEOUT = 5.0  # seconds
_DOCS = "See docs/object-stores.md."
# Responses to both versions of ListObjects contain it.
_LISTING = b"<ListBucketResult"
_BUSY = frozenset({429, 502, 503, 504})  # statuses that do not say whether anyone may read


class HiddenPhotosArePublic(PermissionError):
    """Anyone can read the objects of hidden, pending and deleted photos."""


class PhotosCanBeListed(PermissionError):
    """Anyone can read the names of all photos, including those that only their albums show."""


def fetch_anonymously(url: str) -> bytes:
    """Return the first bytes at `url`, read without credentials. Raises OSError."""
    with urllib.request.urlopen(url, timeout=_TIMEOUT) as response:  # noqa: S310  HTTP(S) only
        return bytes(response.read(1024))


class AnonymousReads:
    """Puts objects, reads them without credentials and deletes them.

    Args:
        objects: The bucket.
        urls: Every known URL at which the bucket may be read.
        public_url: The one of these at which browsers read photos, None if the bucket is private.
        fetch: Reads a URL without credentials.
    """

    def __init__(
        self,
        objects: ObjectStore,
        urls: Collection[str],
        public_url: str | None,
        fetch: Fetch = fetch_anonymously,
    ) -> None:
        self._objects = objects
        self._urls = urls
        self._public_url = public_url
        self._fetch = fetch
        self._busy_url = ""

    def check(self) -> None:
        """Log a warning if browsers cannot read photos.

        Raises:
            HiddenPhotosArePublic: Anyone can read private objects.
            PhotosCanBeListed: Anyone can list public objects.
            StorageError: The bucket does not work now, or did not say whether anyone may read it.
        """
        self._busy_url = ""
        self._check_unlisted()  # first: it needs no permission of the access key
        self._check_private()
        if self._public_url:
            self._check_public(self._public_url)
        if self._busy_url:
            raise StorageUnavailable(f"{self._busy_url} is busy. Try again.")

    def _check_private(self) -> None:
        with self._probe(object_keys.HIDDEN_PREFIX) as (key, body):
            for url in self._urls:
                if self._is_readable(f"{url}/{key}", body):
                    raise HiddenPhotosArePublic(
                        f"everyone can read hidden and deleted photos at {url}. Make only "
                        f"{object_keys.PUBLIC_PREFIX}* public, or make the bucket private and set "
                        f"MEDIA_READS. {_DOCS}"
                    )

    def _check_unlisted(self) -> None:
        for url in self._urls:
            answer = self._read(f"{url}/?list-type=2&prefix={object_keys.PUBLIC_PREFIX}&max-keys=1")
            if answer and _LISTING in answer:
                raise PhotosCanBeListed(
                    f"everyone can list the photos at {url}, and so read those of unlisted albums. "
                    f"Let others read objects, but not list them. {_DOCS}"
                )

    def _check_public(self, url: str) -> None:
        with self._probe(object_keys.PUBLIC_PREFIX) as (key, body):
            if not self._is_readable(f"{url}/{key}", body):
                log.warning(
                    "browsers may be unable to read photos: this machine can't at %s. Make %s* "
                    "public, or set MEDIA_READS. %s",
                    url,
                    object_keys.PUBLIC_PREFIX,
                    _DOCS,
                )

    @contextmanager
    def _probe(self, prefix: str) -> Iterator[tuple[str, bytes]]:
        """Put an object for the duration of the block.

        Its key is like that of a photo, so `repair` deletes it if this process cannot.
        """
        body = secrets.token_hex(16).encode()
        new_id = photo_ids.first_id_at(datetime.now(UTC))
        key = object_keys.named(new_id, f"{secrets.randbits(64)}.jpg", prefix)
        self._objects.put(key, body)
        try:
            yield key, body
        finally:
            self._delete(key)

    def _delete(self, key: str) -> None:
        """Delete a probe. An error must not replace the result of the check."""
        try:
            self._objects.delete([key])
        except StorageError as error:
            log.warning("the probe %s can't be deleted: %s", key, error)

    def _is_readable(self, url: str, body: bytes) -> bool:
        return self._read(url) == body

    def _read(self, url: str) -> bytes | None:
        try:
            return self._fetch(url)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code in _BUSY:
                self._busy_url = url
        except (OSError, HTTPException) as error:
            log.warning("%s can't be reached from this machine: %s", url, error)
        return None
