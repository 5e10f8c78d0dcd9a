"""Create, change and delete albums, and add photos to them."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from app.domain.albums.album import Album, AlbumOrder, AlbumVisibility
from app.domain.albums.album_text import AlbumText
from app.domain.albums.keys import key_between, key_of, time_key
from app.domain.albums.memberships import Membership
from app.domain.albums.pages import AlbumList, AlbumPage
from app.domain.errors import AlbumNotFound, InvalidText
from app.domain.messages import message
from app.domain.photo import Photo
from app.domain.photo_ids import is_photo_id
from app.services.albums.album_arranger import AlbumArranger, Direction
from app.services.albums.album_covers import AlbumCovers
from app.services.albums.album_editor import AlbumEditor
from app.services.albums.album_names import page_by
from app.services.albums.album_photos import AlbumPhotos
from app.services.albums.album_records import AlbumRecords
from app.services.albums.catalog import AlbumCatalog

_CLOSED = message("The link of this album has ended. Open it again before you make it public.")


class AlbumService:
    """The use cases of albums.

    Args:
        albums: The records of the albums.
        records: Changes the records and their sidecars.
        photos: Changes the albums that a photo is in.
        new_id: Returns an id that cannot be guessed.
        now: The clock.
    """

    def __init__(
        self,
        albums: AlbumCatalog,
        records: AlbumRecords,
        photos: AlbumPhotos,
        new_id: Callable[[], str],
        now: Callable[[], datetime],
    ) -> None:
        self._albums = albums
        self._photos = photos
        self._records = records
        self._covers = AlbumCovers(self._records, photos)
        self._editor = AlbumEditor(self._records, self._covers)
        self._new_id = new_id
        self._now = now
        self._arranger = AlbumArranger(albums, photos)

    def get(self, album_id: str) -> Album:
        """Return an album. Raises AlbumNotFound."""
        _require_album_id(album_id)
        return self._albums.get(album_id)

    def page(
        self, album_id: str, limit: int, *, before: str | None = None, after: str | None = None
    ) -> AlbumPage:
        """Return one page of an album: see `AlbumCatalog.page`."""
        _require_album_id(album_id)
        return self._albums.page(album_id, limit, before=before, after=after)

    def page_by(
        self, album_id: str, name: str, limit: int, *, after: str | None = None
    ) -> AlbumPage:
        """Return the photos of an album that were added under a name: see `album_names`."""
        _require_album_id(album_id)
        return page_by(self._albums, album_id, name, limit, after)

    def public(self, limit: int, *, before: str | None = None) -> AlbumList:
        """Return one page of the public albums: see `AlbumCatalog.public`."""
        return self._albums.public(limit, before=before)

    def oldest_public(self) -> str | None:
        """Return the id of the oldest public album: see `AlbumCatalog.oldest_public`."""
        return self._albums.oldest_public()

    def owned(self, owner: str, limit: int, *, before: str | None = None) -> AlbumList:
        """Return one page of a contributor's albums, with two reads."""
        page = self._albums.owned(owner, limit, before=before)
        albums = [tile.album for tile in page.tiles]
        return page.with_covers(self._albums.covers(albums)) if albums else page

    def counts(self, album_ids: Sequence[str]) -> Mapping[str, int]:
        """Return the number of photos that each album shows: see `AlbumCatalog.counts`."""
        return self._albums.counts(album_ids) if album_ids else {}

    def create(
        self, owner: str, text: AlbumText, *, album_id: str | None = None, **settings: Any
    ) -> Album:
        """Create an album, or return the one that the owner already has with this id.

        Raises:
            InvalidText: A text is too long, or there is no title.
            AlbumNotFound: The album with this id was deleted.
        """
        album = Album(
            album_id=album_id or self._new_id(),
            owner=owner,
            created_at=self._now(),
            **text.validated(),
            **settings,
        )
        return self._records.create(album)

    def update(self, album: Album, version: int, text: AlbumText, **settings: Any) -> Album:
        """Change the texts and the settings of an album.

        After a change of the order, call `sort` for each photo, then `finish_sort`. If the album
        becomes public, the end of its link is removed.

        Raises:
            InvalidText: A text is too long, there is no title, or a closed album would become
                public.
            AlbumConflict: The album was edited since this version.
        """
        if settings.get("visibility") is AlbumVisibility.PUBLIC and not album.is_open(self._now()):
            raise InvalidText("visibility", _CLOSED)
        return self._editor.update(album, version, text, settings)

    def add(self, album_id: str, photo_id: str, membership: Membership | None = None) -> Photo:
        """Add a photo to an album. If the album has no cover, the photo becomes the cover.

        Args:
            album_id: The album.
            photo_id: The photo.
            membership: The membership of photos that are added together, in the order of their ids.

        Raises:
            AlbumNotFound: There is no such album.
            InvalidText: The photo is in too many albums.
            PhotoNotFound: There is no such photo, or it is in the trash.
            PhotoBusy: The objects of the photo are being moved.
            EditConflict: Other requests changed the photo before every attempt.
        """
        album = self.get(album_id)
        new = membership or self.new_membership(album)
        try:
            photo = self._photos.add(photo_id, new)
        except InvalidText:
            self._leave_deleted_albums(photo_id)
            photo = self._photos.add(photo_id, new)
        if album.cover:
            return photo
        self._covers.ensure(album, photo_id)
        return self._photos.get(photo_id)

    def new_membership(self, album: Album, *, by_guest: bool = False) -> Membership:
        """Return the membership of a photo that is added now."""
        now = self._now()
        return Membership(album.album_id, now, self._key(album, now), by_guest=by_guest or None)

    def ensure_cover(self, album: Album, photo_id: str) -> None:
        """Make a photo of an album its cover if it has none."""
        self._covers.ensure(album, photo_id)

    def choose_cover(self, album: Album, photo_id: str) -> Album:
        """Make a photo the cover of an album: see `AlbumCovers.choose`."""
        return self._covers.choose(album, photo_id)

    def remove(self, album_id: str, photo_id: str) -> Photo:
        """Remove a photo from an album. If the photo is the cover, the album has no cover then."""
        photo = self._photos.remove(photo_id, album_id)
        with suppress(AlbumNotFound):
            self._covers.clear(album_id, photo_id)
        return photo

    def move(self, album: Album, photo_id: str, place: int | Direction) -> bool:
        """Move a photo of an album, and set the order of the album to by hand.

        Return whether the photo has reached its place. If the place is between many photos of the
        same second, it has not. Then repeat the call.

        Args:
            album: The album.
            photo_id: The photo.
            place: A direction, or the number of the place in the album, from 1.

        Raises:
            PhotoNotFound: The album does not have the photo, or does not show it.
            InvalidText: The photo cannot be moved to this place.
            AlbumConflict: Another request has changed the album.
        """
        is_complete = self._arranger.move(album.album_id, photo_id, place)
        self._editor.order_by_hand(album)
        return is_complete

    def number_of(self, album_id: str, position: str) -> int | None:
        """Return the number of the photo at a position, or None if it is beyond `MAX_PLACE`."""
        return self._arranger.number_of(album_id, position)

    def sort(self, album: Album, photo: Photo) -> Photo:
        """Give a photo the key for the order of an album, if it has a different key.

        If the album is ordered by hand, change nothing.
        """
        membership = photo.membership_in(album.album_id)
        if membership is None or album.order is AlbumOrder.MANUAL:
            return photo
        key = time_key(membership.added_at) if album.order is AlbumOrder.ADDED else None
        if membership.key == key:
            return photo
        return self._photos.replace(photo.photo_id, album.album_id, key=key)

    def finish_sort(self, album: Album, sort_version: int | None) -> None:
        """Record that the new order is complete: see `AlbumEditor.finish_sort`."""
        self._editor.finish_sort(album, sort_version)

    def delete(self, album: Album) -> None:
        """Delete an album. Call `remove` for its photos first: they stay on the site."""
        self._records.delete(album)

    def _leave_deleted_albums(self, photo_id: str) -> None:
        """Remove a photo from those of its albums that were deleted."""
        for membership in self._photos.get(photo_id).albums:
            try:
                self._albums.get(membership.album_id)
            except AlbumNotFound:
                self._photos.remove(photo_id, membership.album_id)

    def _key(self, album: Album, now: datetime) -> str | None:
        """Return the key of a photo that is added to an album now."""
        match album.order:
            case AlbumOrder.TAKEN:
                return None
            case AlbumOrder.ADDED:
                return time_key(now)
        last = self._albums.last_position(album.album_id)
        return key_between(key_of(last), "") if last else None


def _require_album_id(album_id: str) -> None:
    """Raise AlbumNotFound for a text that is not an id, because DynamoDB refuses long keys."""
    if not is_photo_id(album_id):
        raise AlbumNotFound(album_id)
