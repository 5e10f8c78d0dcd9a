"""Memberships in the sidecar of a photo that may come from a stranger."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from app.domain import photo_ids
from app.domain.albums.memberships import MAX_ALBUMS, Membership
from app.domain.image.taken_date import is_possible_time
from app.domain.photo import Photo

_KEY = re.compile("[0-9]{14,500}")  # DynamoDB's positions have at most 1024 bytes


def valid_memberships(photo: Photo) -> tuple[Membership, ...]:
    """Return the memberships of a photo that the catalog can store, at most `MAX_ALBUMS`."""
    by_album = {membership.album_id: membership for membership in _valid(photo)}
    return tuple(by_album.values())[:MAX_ALBUMS]


def _valid(photo: Photo) -> Iterator[Membership]:
    for membership in photo.albums:
        if photo_ids.is_photo_id(membership.album_id):
            yield _cleaned(membership, photo)


def _cleaned(membership: Membership, photo: Photo) -> Membership:
    """Return the membership without an impossible key or time."""
    key = membership.key if _is_key(membership.key) else None
    added_at, approved_at = membership.added_at, membership.approved_at
    if not _is_time(added_at):
        added_at = photo_ids.timestamp_of(photo.photo_id)
    if approved_at is not None and not _is_time(approved_at):
        approved_at = None
    return replace(membership, key=key, added_at=added_at, approved_at=approved_at)


def _is_time(time: datetime) -> bool:
    return time.tzinfo is not None and is_possible_time(time)


def _is_key(key: object) -> bool:
    return isinstance(key, str) and _KEY.fullmatch(key) is not None
