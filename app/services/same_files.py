"""Find duplicates: the photos that were made from the same file."""

import hashlib
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import BinaryIO

from app.domain import object_keys
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.services.ports import Catalog

_MAX_PHOTOS = 5  # of one file that are read: few people send the same file


def sha256_of(file: BinaryIO) -> str:
    """Return the hash of a file, and leave the file at its start."""
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256")  # type: ignore[arg-type]
    file.seek(0)
    return digest.hexdigest()


def find(catalog: Catalog, sha256s: Sequence[str]) -> dict[str, tuple[Photo, ...]]:
    """Return the newest photos of each file outside the trash, by the hash of the file."""
    listings = {object_keys.duplicates_listing(sha256): sha256 for sha256 in sha256s}
    found = catalog.newest_photos(list(listings), _MAX_PHOTOS)
    return {listings[listing]: page.photos for listing, page in found.items()}


def find_visible(
    catalog: Catalog, sha256s: Sequence[str], owner: str | None, guest_album: str | None = None
) -> dict[str, Photo]:
    """Return a photo of each file that the site has, by the file's hash.

    Args:
        catalog: The catalog of the photos.
        sha256s: The hashes of files, at least one.
        owner: The contributor, whose hidden photos are found as well.
        guest_album: The album of a guest link. With it, only photos in this album are found.
    """
    found = find(catalog, sha256s)
    visible = {
        sha256: first_visible(in_album(photos, guest_album), owner)
        for sha256, photos in found.items()
    }
    return {sha256: photo for sha256, photo in visible.items() if photo}


def in_album(photos: Iterable[Photo], album_id: str | None) -> tuple[Photo, ...]:
    """Return the photos that are in an album, or all of them if it is None."""
    return tuple(photo for photo in photos if album_id is None or photo.membership_in(album_id))


def first_visible(photos: Iterable[Photo], owner: str | None) -> Photo | None:
    """Return the first photo that is the contributor's own, or else the first that is public.

    Other photos stay secret, also from a visitor who has the same file.
    """
    found = list(photos)
    own = (photo for photo in found if photo.owner == owner)
    public = (photo for photo in found if photo.state is PhotoState.PUBLIC)
    return next(chain(own, public), None)
