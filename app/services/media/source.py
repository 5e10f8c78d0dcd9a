"""The port that reads public photos in a bucket which anonymous requests cannot read."""

from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol


class UnsatisfiableRange(Exception):
    """The range begins beyond the end of the object, whose size is None if the store hides it."""

    def __init__(self, key: str, size: int | None) -> None:
        super().__init__(key)
        self.size = size


@dataclass(frozen=True, slots=True)
class MediaFile:
    """An object, or a part of it, that is sent to a browser.

    `body` is None if the browser has the object already. `size` is that of the body in bytes.
    `content_range` is the value of the header of a part.
    """

    body: BinaryIO | None
    size: int
    etag: str
    modified_at: datetime | None
    content_range: str | None = None


@dataclass(frozen=True, slots=True)
class SignedUrl:
    """A URL at which everyone can read an object, for at least `valid_seconds`."""

    url: str
    valid_seconds: int


class MediaSource(Protocol):
    """Objects under `photos/` in a private bucket.

    Every method raises StorageUnavailable and StorageRefused as ObjectStore does.
    """

    @property
    def origin_url(self) -> str:
        """The URL at which signed URLs begin."""

    def signed_url(self, key: str, *, head: bool = False) -> SignedUrl:
        """Return a URL at which everyone can read the object for a limited time. Read nothing.

        Args:
            key: The key of the object, which need not exist.
            head: Whether the URL is for HEAD requests instead of GET.
        """

    def read(
        self, key: str, *, byte_range: str | None = None, known_etag: str | None = None
    ) -> MediaFile:
        """Read an object with one request.

        Args:
            key: The key of the object.
            byte_range: A Range header with one range (RFC 9110, section 14.2).
            known_etag: The ETag of the browser's copy, with its quotation marks.

        Raises:
            ObjectNotFound: There is no such object.
            UnsatisfiableRange: The range begins beyond its end.
        """
