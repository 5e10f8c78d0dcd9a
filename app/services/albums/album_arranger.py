"""Move photos within an album: give them keys between the keys of their new neighbors."""

from enum import StrEnum

from app.domain.albums.keys import key_between, key_of, own_keys
from app.domain.errors import InvalidText, PhotoNotFound
from app.domain.messages import message
from app.services.albums.album_photos import AlbumPhotos
from app.services.albums.catalog import AlbumCatalog

MAX_PLACE = 500  # the highest number of a place; finding it reads as many photos
_MAX_TIES = 100  # photos with the same key that get different keys in one request
_MAX_DIGITS = 190  # of a key; DynamoDB allows positions of 1 024 bytes
_TOO_FAR = message(
    "Only the first %(most)s places of an album, and the last one, can be chosen by a number."
).with_values(most=MAX_PLACE)
_TOO_OFTEN = message("Too many photos were moved to this place. Move the photos beside it first.")


class Direction(StrEnum):
    """The directions in which a photo moves by one place."""

    EARLIER = "earlier"
    LATER = "later"


class AlbumArranger:
    """Changes the place of a photo in an album, normally without changing other photos."""

    def __init__(self, albums: AlbumCatalog, photos: AlbumPhotos) -> None:
        self._albums = albums
        self._photos = photos

    def move(self, album_id: str, photo_id: str, place: int | Direction) -> bool:
        """Move a photo, and return whether it has reached its place: see `AlbumService.move`.

        Photos that were taken in the same second have the same key. If the new place is between two
        of them, the photos after it get different keys first.
        """
        before, after = self._neighbors(album_id, photo_id, place)
        if before and key_of(before) == key_of(after):
            if not self._separate(album_id, before):
                return False
            before, after = self._neighbors(album_id, photo_id, place)
        if before or after:
            key = key_between(key_of(before), key_of(after))
            if len(key) > _MAX_DIGITS:
                raise InvalidText("place", _TOO_OFTEN)
            self._photos.replace(photo_id, album_id, key=key)
        return True

    def number_of(self, album_id: str, position: str) -> int | None:
        """Return the number of the place of a photo: see `AlbumService.number_of`."""
        page = self._albums.page(album_id, MAX_PLACE - 1, before=position)
        return None if page.previous else len(page.positions) + 1

    def _neighbors(self, album_id: str, photo_id: str, place: int | Direction) -> tuple[str, str]:
        """Return the positions before and after the new place, empty at the ends of the album.

        Both are empty if the photo cannot move any further.
        """
        position = self._position(album_id, photo_id)
        if place is Direction.EARLIER:
            earlier = self._albums.page(album_id, 2, before=position).positions
            *_, before, after = ("", "", *earlier)
            return before, after
        if place is Direction.LATER:
            later = self._albums.page(album_id, 2, after=position).positions
            before, after, *_ = (*later, "", "")
            return before, after
        return self._around_place(album_id, position, place)

    def _around_place(self, album_id: str, position: str, place: int) -> tuple[str, str]:
        limit = min(max(place, 1), MAX_PLACE) + 1
        page = self._albums.page(album_id, limit)
        if MAX_PLACE < place < self._albums.counts([album_id]).get(album_id, 0):
            raise InvalidText("place", _TOO_FAR)
        others = [each for each in page.positions if each != position]
        index = max(place, 1) - 1
        if index < len(others):
            return (others[index - 1] if index else "", others[index])
        last = self._albums.last_position(album_id) or ""
        return ("", "") if last == position else (last, "")

    def _position(self, album_id: str, photo_id: str) -> str:
        """Return the position of a photo. Raises PhotoNotFound if no page of the album has it."""
        photo = self._photos.get(photo_id)
        membership = photo.membership_in(album_id)
        if membership is None or not photo.state.is_in_albums:
            raise PhotoNotFound(photo_id)
        return membership.entry_key(photo.dated_at, photo_id).position

    def _separate(self, album_id: str, before: str) -> bool:
        """Give different keys to the photos after a position with the same key, last one first.

        The photos keep their order after each change. Return whether all of them have been changed.
        """
        key = key_of(before)
        end = f"{key}-~"  # after every position with the key
        page = self._albums.page(album_id, _MAX_TIES, before=end)
        placed = zip(page.positions, page.summaries, strict=True)
        ties = [summary.photo_id for position, summary in placed if position > before]
        following = self._albums.page(album_id, 1, after=end).positions
        keys = own_keys(key, ties, key_of(following[0]) if following else "")
        for photo_id, own_key in reversed(list(zip(ties, keys, strict=True))):
            self._photos.replace(photo_id, album_id, key=own_key)
        return len(ties) < _MAX_TIES
