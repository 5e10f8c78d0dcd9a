"""Edit the text and the tags of photos that are not in the trash."""

from collections.abc import Callable, Iterable
from datetime import timedelta

from app.domain.errors import (
    EditConflict,
    InvalidText,
    ObjectNotFound,
    PhotoBusy,
    PhotoNotFound,
)
from app.domain.image.taken_date import TakenDate, fields_of
from app.domain.messages import message
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.domain.tags import clean_tags
from app.domain.upload import PhotoText
from app.domain.versions.edited import is_conflict, is_edit
from app.services.albums.album_places import AlbumPlaces
from app.services.photo_moves import PhotoMoves
from app.services.record_writer import RecordWriter
from app.services.revisions.credit_files import CreditFiles, chosen_credit

_IMPOSSIBLE_DATE = message("No photo can have been taken then.")


_MAX_ATTEMPTS = 5  # to edit a photo that other requests change at the same time


class PhotoEditor:
    """Edits photos. A photo whose objects are being moved is not edited in the meantime."""

    def __init__(
        self,
        records: RecordWriter,
        places: AlbumPlaces,
        credit_files: CreditFiles,
        moves: PhotoMoves,
    ) -> None:
        self._records = records
        self._places = places
        self._credit_files = credit_files
        self._moves = moves

    def update(self, read: Callable[[], Photo], version: int, text: PhotoText) -> Photo:
        """Replace the text, the tags, the credit and the date of a photo.

        Text that is already stored is not written again. Published files state the new credit.

        Args:
            read: Returns the photo as it is now.
            version: The version that the form was filled from.
            text: The content of the form.

        Raises:
            InvalidText: A text or the date is invalid.
            PhotoNotFound: The photo is in the trash.
            EditConflict: The photo was edited since this version.
            PhotoBusy: Another request is moving the objects of the photo.
            Busy: No image worker is free.
        """
        for attempt in range(1, _MAX_ATTEMPTS + 1):
            photo = self._settled(read())
            edited = _edited(photo, version, text)
            if edited is None:
                return photo
            try:
                return self._write(photo, self._places.kept(photo, edited))
            except (EditConflict, ObjectNotFound):  # another request has changed the photo
                if attempt == _MAX_ATTEMPTS:
                    raise
        raise AssertionError("the last attempt returns or raises")

    def _settled(self, photo: Photo) -> Photo:
        """Return the photo after another request has moved its objects: see `PhotoMoves.settle`."""
        settled = self._moves.settle(photo)
        if settled.state is PhotoState.TRASHED:
            raise PhotoNotFound(photo.photo_id)
        return settled

    def _write(self, photo: Photo, edited: Photo) -> Photo:
        if edited.credit == photo.credit:
            return self._records.replace(photo, edited)
        return self._credit_files.change(photo, edited)

    def retag(self, photo: Photo, add: Iterable[str], remove: Iterable[str]) -> Photo:
        """Remove the tags `remove` from a photo, then add the tags `add`.

        Raises:
            InvalidText: A tag is too long, or there are too many.
            EditConflict: Another request has changed the photo.
            PhotoBusy: The objects of the photo are being moved.
        """
        _require_settled(photo)
        removed = frozenset(remove)
        kept = [tag for tag in photo.tags if tag not in removed]
        tags = clean_tags([*kept, *add])
        if tags == photo.tags:
            return photo
        return self._records.replace(photo, photo.next_version(tags=tags))

    def shift_date(self, photo: Photo, shown: str, by: timedelta) -> Photo:
        """Shift the date of a photo: the clock of the camera was wrong.

        Args:
            photo: The photo.
            shown: The date that the visitor saw, in ISO 8601. The same form sent twice shifts once.
            by: The time to add.

        Raises:
            InvalidText: There can be no photo of that date.
            EditConflict: The photo has another date.
            PhotoBusy: The objects of the photo are being moved.
        """
        _require_settled(photo)
        taken = photo.taken
        if taken is None:
            return photo
        if taken.iso != shown:
            if _is_shifted(taken, shown, by):
                return photo
            raise EditConflict(photo.photo_id)
        shifted = _shifted(taken, by)
        if shifted == taken:
            return photo
        dated = photo.next_version(**fields_of(shifted))
        return self._records.replace(photo, self._places.kept(photo, dated))


def _edited(photo: Photo, version: int, text: PhotoText) -> Photo | None:
    """Return the next version of a photo, None if it has the content of the form already.

    Raises:
        EditConflict: The photo was edited since this version. A form that was sent twice does not
            conflict with itself.
    """
    validated = text.validated()
    taken = text.taken.apply(photo.taken)
    credit = chosen_credit(photo, text.credit, taken)
    edited = photo.next_version(**validated, **fields_of(taken), credit=credit)
    if is_conflict(version, photo, edited):
        raise EditConflict(photo.photo_id)
    return edited if is_edit(edited) else None


def _shifted(taken: TakenDate, by: timedelta) -> TakenDate:
    try:
        shifted = taken.shifted(by)
    except OverflowError as error:
        raise InvalidText("shift_days", _IMPOSSIBLE_DATE) from error
    if not shifted.is_possible:
        raise InvalidText("shift_days", _IMPOSSIBLE_DATE)
    return shifted


def _is_shifted(taken: TakenDate, shown: str, by: timedelta) -> bool:
    """Return whether the date is the shown one after the shift."""
    try:
        return taken.shifted(-by).iso == shown
    except OverflowError:
        return False


def _require_settled(photo: Photo) -> None:
    """Raise PhotoBusy if a move is not complete: after an edit, its last step would conflict."""
    if photo.lease_expires_at is not None:
        raise PhotoBusy
