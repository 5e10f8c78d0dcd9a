"""The listings that have an entry for a photo in its current state."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.domain import object_keys, search_terms
from app.domain.listings import archive
from app.domain.listings.entries import EntryKey
from app.domain.photo_summary import PhotoState

if TYPE_CHECKING:
    from app.domain.photo import Photo


def listings_of(photo: "Photo") -> tuple[str, ...]:
    """Return the listings in the order of the photo ids."""
    if photo.state is not PhotoState.PUBLIC:
        return page_listings_of(photo)
    terms = search_terms.index_terms(photo.title, photo.tags, photo.description)
    return (*page_listings_of(photo), *map(object_keys.term_listing, terms))


def page_listings_of(photo: "Photo") -> tuple[str, ...]:
    """Return the same, without those of search terms."""
    own = (object_keys.owner_listing(photo.owner), object_keys.duplicates_listing(photo.sha256))
    moving = () if photo.lease_expires_at is None else (object_keys.MOVING_LISTING,)
    match photo.state:
        case PhotoState.PUBLIC:
            tags = map(object_keys.tag_listing, photo.tags)
            undated = () if photo.taken_at else (archive.UNDATED_LISTING,)
            return (object_keys.PUBLIC_LISTING, *own, *moving, *undated, *tags)
        case PhotoState.UNLISTED | PhotoState.PRIVATE:
            return (*own, *moving)
        case PhotoState.PENDING:
            in_albums = (object_keys.pending_listing(album.album_id) for album in photo.albums)
            return (object_keys.PENDING_LISTING, *own, *moving, *in_albums)
        case PhotoState.HIDDEN:
            return (object_keys.HIDDEN_LISTING, *own, *moving)
        case PhotoState.TRASHED:
            owner_trash = object_keys.owner_trash_listing(photo.owner)
            return (object_keys.TRASH_LISTING, owner_trash, *moving)


def ordered_entries_of(photo: "Photo") -> Iterator[EntryKey]:
    """Yield the keys of the entries in ordered listings."""
    if not photo.state.is_in_albums:
        return
    is_public = photo.state is PhotoState.PUBLIC
    if photo.taken and is_public:
        yield archive.entry_of(photo.taken, photo.photo_id)
    for membership in photo.albums:
        yield from membership.entry_keys(photo.dated_at, photo.photo_id, is_public=is_public)
    if photo.albums:
        # One for all albums: a transaction has at most 100 items, see docs/scale.md.
        latest = max(photo.albums, key=lambda membership: membership.shown_at)
        yield latest.added_key(photo.photo_id)
