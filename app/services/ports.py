"""Ports of the storage backend: the object store and the catalog."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from app.domain.photo import Page, Photo, PhotoSummary, TagCount
from app.domain.usage import KeyRange, Usage


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object as a listing names it; `size` in bytes."""

    key: str
    size: int


@dataclass(frozen=True, slots=True)
class ListingEntry:
    """One entry of one listing."""

    listing: str
    summary: PhotoSummary


class ObjectStore(Protocol):
    """Immutable objects under keys of `domain.keys`.

    Every method raises StorageUnavailable when the storage may work in a moment and StorageRefused when it will not.
    """

    def put(self, key: str, body: bytes) -> None:
        """Store `body` under `key`, durably, or not at all; an object already there is replaced."""

    def get(self, key: str) -> bytes:
        """The object's body. Raises ObjectNotFound."""

    def exists(self, key: str) -> bool:
        """Whether there is an object under `key`."""

    def copy(self, source: str, target: str) -> None:
        """Store the object under `source` under `target` too. Raises ObjectNotFound."""

    def delete(self, keys: Iterable[str]) -> None:
        """Remove the objects; one that is not there is no error, one that stays is (StorageError naming it)."""

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Every object whose key starts with `prefix`, in the order of keys, without holding them all."""

    def url(self, key: str) -> str:
        """The address a browser reads the public object `key` from; a path where the app itself serves it."""

    def ping(self) -> None:
        """Return when the storage answers, else raise StorageError."""


class Catalog(Protocol):
    """Photo records and the listings that list them, always in step; and the little else that instances must share.

    What one call has written the next one reads. Raises StorageUnavailable and StorageRefused as ObjectStore does.
    """

    def publish(self, photo: Photo) -> None:
        """Write record and listings in one transaction.

        Raises AlreadyPublished, naming the photo, when `photo.photo_id` or `photo.upload` is taken. StorageUnavailable
        leaves it open whether the photo was published: `get` tells.
        """

    def get(self, photo_id: str) -> Photo:
        """The record, whatever its state. Raises PhotoNotFound."""

    def page(
        self, listing: str, limit: int, *, before: str | None = None, after: str | None = None
    ) -> Page:
        """At most `limit` summaries of `listing`, newest first, in one read.

        `before` gives the newest photos older than that id, `after` the oldest ones newer than that id;
        neither photo needs to be there any more. `older` and `newer` of the answer go into them.
        """

    def update(self, before: Photo, after: Photo) -> None:
        """Replace the record and relist it in one transaction.

        Raises EditConflict when the record is not at `before.version` any more, or gone.
        """

    def tags(self) -> tuple[TagCount, ...]:
        """Every tag that a public photo carries, by name."""

    def usage(self, span: KeyRange, limit: int) -> tuple[Usage, ...]:
        """At most `limit` of the accounts in `span` that are not empty, the last by name first, in one read."""

    def expired(self, now: int) -> Iterator[Photo]:
        """The trashed photos with `expires_at` before `now` (seconds since 1970)."""

    def delete(self, photo: Photo) -> None:
        """Remove a trashed photo's record and its listings in one transaction.

        Raises EditConflict when the record is not at `photo.version` any more.
        """

    def import_photo(self, photo: Photo) -> None:
        """Publish what was published before, as it is, in whatever state: for who puts a lost catalog back.

        Its upload stays with another photo that has it by now. Raises AlreadyPublished when the id has a record.
        """

    def sync_listings(self, photo_id: str, photo: Photo | None, listings: Iterable[str]) -> None:
        """Make `listings` show of a photo what its record says, and nothing where `photo` is None: there is no record.

        Raises EditConflict when the record is not at `photo.version`, or when there is one after all.
        """

    def compare_and_set_tag_count(self, tag: str, shown: int, photos: int) -> bool:
        """Set the count of `tag` to `photos`; gives False, and changes nothing, when it is not `shown` any more."""

    def usage_counters(self) -> Iterator[Usage]:
        """Every account, in no order, without holding them all: for the caretaker, never for a page."""

    def compare_and_set_usage(self, shown: Usage, real: Usage) -> bool:
        """Set an account to `real`; gives False, and changes nothing, when it is not as `shown` any more."""

    def photos(self) -> Iterator[Photo]:
        """Every record, in no order, without holding them all: for the caretaker, never for a page."""

    def listings(self) -> Iterator[ListingEntry]:
        """Every listing of every listing, in no order, without holding them all: for the caretaker, never for a page."""

    def ping(self) -> None:
        """Return when the catalog answers, else raise StorageError."""


class SessionRevocations(Protocol):
    """The ids of sessions that were logged out before they expired.

    Raises StorageUnavailable and StorageRefused as ObjectStore does.
    """

    def revoke(self, session_id: str, until: int) -> None:
        """Revoke the session until it expires by itself.

        Args:
            session_id: The random id of the session.
            until: Unix time, in seconds, after which the revocation may be deleted.
        """

    def is_revoked(self, session_id: str) -> bool:
        """Return whether the session is revoked, with one read."""


@dataclass(frozen=True, slots=True)
class Backend:
    """A storage backend: `local` (a folder and SQLite) or `aws` (S3 and DynamoDB)."""

    objects: ObjectStore
    catalog: Catalog
    session_revocations: SessionRevocations
