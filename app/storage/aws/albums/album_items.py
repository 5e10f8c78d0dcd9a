"""Items of albums in the listings table, and pages of them."""

from collections.abc import Iterable
from typing import Any

from app.domain.albums.album import Album
from app.domain.albums.guests import is_guest_listing
from app.domain.albums.link import PARTITION as SETTLING
from app.domain.albums.link import is_settle_listing, listing_of_position, settle_position
from app.domain.albums.pages import AlbumList, Placed
from app.domain.photo_summary import PhotoSummary
from app.services.albums.catalog import AlbumEntry
from app.storage.aws import dynamodb_items as items
from app.storage.aws.dynamodb_items import Item, Write

RECORD = "!"  # sorts before the positions of photos
_FIELD = "album"  # entries of photos do not have it


def to_item(album: Album, listing: str, position: str) -> Item:
    """Return an item with the record of an album. Its version is an attribute for conditions."""
    key = items.entry_key(listing, position)
    return key | {"version": album.version, _FIELD: items.to_item(album.to_dict())}


def copy_key(listing: str, album_id: str) -> Item:
    """Return the key of the copy of an album in a list. That of a guest code has one album.

    All albums whose photos are to follow their links are in one partition.
    """
    if is_settle_listing(listing):
        return items.entry_key(SETTLING, settle_position(listing, album_id))
    return items.entry_key(listing, RECORD if is_guest_listing(listing) else album_id)


def copy_write(table: str, album: Album, listing: str) -> Write:
    """Return a write that puts the copy. No album takes the guest code of another one."""
    key = copy_key(listing, album.album_id)
    item = to_item(album, key["listing"], key["position"])
    return items.put(table, item, _is_own(album) if is_guest_listing(listing) else None)


def _is_own(album: Album) -> items.Condition:
    return {
        "ConditionExpression": "attribute_not_exists(listing) OR #album.album_id = :album_id",
        "ExpressionAttributeNames": {"#album": _FIELD},
        "ExpressionAttributeValues": {":album_id": album.album_id},
    }


def is_record(item: Item) -> bool:
    """Return whether the item is the record of an album rather than a copy."""
    is_first = item["position"] == RECORD
    return is_album(item) and is_first and not is_guest_listing(item["listing"])


def entry_in(item: Item) -> AlbumEntry:
    """Return the record or the copy that an item is."""
    listing = item["listing"]
    if listing == SETTLING:
        listing = listing_of_position(item["position"])
    return AlbumEntry(listing, album_in(item))


def is_album(item: Item) -> bool:
    """Return whether the item is one of an album rather than of a photo."""
    return _FIELD in item


def album_in(item: Item) -> Album:
    """Return the album of an item."""
    record: Any = item[_FIELD]
    return Album.from_dict(record)


def placed_photos(found: Iterable[Item]) -> list[Placed]:
    """Return the photos among the items of an album, with their positions."""
    return [
        (item["position"], PhotoSummary.from_dict(item))
        for item in found
        if not item["position"].startswith(RECORD)
    ]


def cover_among(found: Iterable[Item]) -> PhotoSummary | None:
    """Return the cover among the items of an album."""
    covers = (item for item in found if item["position"].startswith(RECORD))
    return next(map(PhotoSummary.from_dict, covers), None)


def album_list(found: Iterable[Item], limit: int) -> AlbumList:
    """Return the page of the albums and covers among the items of a list of albums."""
    entries = list(found)
    albums = [album_in(item) for item in entries if is_album(item)]
    covers = {
        item["position"].partition("-")[0]: PhotoSummary.from_dict(item)
        for item in entries
        if not is_album(item)
    }
    return AlbumList.of(albums, covers, limit)
