"""Create, change and end guest links, and find the album of a link."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.domain.albums.album import Album
from app.domain.albums.guests import is_guest_code
from app.domain.errors import AlbumConflict, AlbumNotFound, GuestLinkEnded, GuestLinkNotFound
from app.domain.object_keys import owner_listing
from app.domain.photo_summary import PhotoSummary
from app.domain.usage import Usage, guest_counters, guest_of_counter
from app.services.albums.album_records import AlbumRecords
from app.services.albums.catalog import AlbumCatalog
from app.services.ports import Catalog

MAX_OWN = 100  # photos of a guest that are read
MAX_NAMES = 300  # that the page of an album's guests reads
_MAX_ATTEMPTS = 3  # to change an album that others change at the same time


@dataclass(frozen=True, slots=True)
class Guest:
    """One guest of an album.

    Attributes:
        owner: The hash of the guest's contributor id.
        names: The names that the guest has used. They may be empty.
        photos: The number of the guest's photos in the album that are not deleted.
    """

    owner: str
    names: tuple[str, ...]
    photos: int


class GuestLinks:
    """The use cases of guest links.

    Args:
        albums: The records of the albums.
        records: Changes them together with their sidecars.
        catalog: Has the counters and the photos of guests.
        new_code: Returns a code that cannot be guessed.
        now: The clock.
    """

    def __init__(
        self,
        albums: AlbumCatalog,
        records: AlbumRecords,
        catalog: Catalog,
        new_code: Callable[[], str],
        now: Callable[[], datetime],
    ) -> None:
        self._albums = albums
        self._records = records
        self._catalog = catalog
        self._new_code = new_code
        self._now = now

    def album_of(self, code: str) -> Album:
        """Return the album of a guest link, with one read.

        Raises:
            GuestLinkNotFound: No album has this code now.
            GuestLinkEnded: The link, or the link of the album, has ended.
        """
        if not is_guest_code(code):
            raise GuestLinkNotFound
        try:
            album = self._albums.with_guest_code(code)
        except AlbumNotFound as error:
            raise GuestLinkNotFound from error
        if not self.is_open(album):
            raise GuestLinkEnded
        return album

    def is_open(self, album: Album) -> bool:
        """Return whether guests may add photos to the album now."""
        return album.takes_guests(self._now())

    def change(self, album: Album, version: int, **settings: Any) -> Album:
        """Change the settings of the guest link. If there is no guest link, create it.

        If the link already has these settings, change nothing.

        Raises AlbumConflict if the settings were changed since `version`.
        """
        if _has_link(album, settings):
            return album
        if not max(album.guest_version, 1) <= version <= album.version:
            raise AlbumConflict(album.album_id)
        code = album.guest_code or self._new_code()
        try:
            return self._records.replace(album, _next_version(album, guest_code=code, **settings))
        except AlbumConflict:
            current = self._albums.get(album.album_id)
            if _has_link(current, settings):  # another request has saved the same form
                return current
            raise

    def renew(self, album: Album, code: str) -> Album:
        """Replace the guest link that has this code by a new link.

        If the link was already replaced or ended, change nothing: the form was sent again. Raises
        AlbumConflict.
        """
        return self._replace_code(album, code, self._new_code())

    def end(self, album: Album, code: str) -> Album:
        """End the guest link that has this code, but keep its settings. Raises AlbumConflict."""
        return self._replace_code(album, code, "")

    def _replace_code(self, album: Album, code: str, new_code: str) -> Album:
        for _ in range(_MAX_ATTEMPTS - 1):
            if album.guest_code != code:
                return album
            with suppress(AlbumConflict):  # another request has changed the album since it was read
                return self._records.replace(album, _next_version(album, guest_code=new_code))
            album = self._albums.get(album.album_id)
        return self._records.replace(album, _next_version(album, guest_code=new_code))

    def guests(self, album_id: str) -> list[Guest]:
        """Return the guests of an album, most photos first, from at most `MAX_NAMES` names."""
        found = self._catalog.usage(guest_counters(album_id), MAX_NAMES)
        by_owner: dict[str, list[Usage]] = {}
        for counter in found:
            owner, _ = guest_of_counter(counter.counter)
            by_owner.setdefault(owner, []).append(counter)
        guests = [_guest(owner, counters) for owner, counters in by_owner.items()]
        return sorted(guests, key=lambda guest: -guest.photos)

    def own_photos(self, album_id: str, owner: str) -> list[PhotoSummary]:
        """Return the photos of a guest in an album, newest first, with two or three reads.

        Only the newest `MAX_OWN` photos of the guest are searched.
        """
        listing = owner_listing(owner)
        found = self._catalog.newest_photos([listing], MAX_OWN)[listing]
        return [photo.summary for photo in found.photos if photo.membership_in(album_id)]


def _next_version(album: Album, **settings: Any) -> Album:
    """Return the next version of an album, with new settings of its guest link."""
    return album.next_version(guest_version=album.version + 1, **settings)


def _has_link(album: Album, settings: Mapping[str, Any]) -> bool:
    """Return whether an album has a guest link with these settings."""
    return bool(album.guest_code) and replace(album, **settings) == album


def _guest(owner: str, counters: list[Usage]) -> Guest:
    names = (guest_of_counter(counter.counter)[1] for counter in counters)
    return Guest(owner, tuple(sorted(filter(None, names))), sum(each.photos for each in counters))
