"""Edit the text and the tags of photos that are not in the trash."""

from collections.abc import Iterable
from dataclasses import replace

from app.domain.errors import EditConflict, PhotoBusy
from app.domain.photo import Photo
from app.domain.tags import clean_tags
from app.domain.upload import PhotoText
from app.services.record_writer import RecordWriter


class PhotoEditor:
    """Edits photos. A photo whose objects are being moved is not edited in the meantime."""

    def __init__(self, records: RecordWriter) -> None:
        self._records = records

    def update(self, photo: Photo, version: int, text: PhotoText) -> Photo:
        """Replace the text, the tags and the credit of a photo if it still has `version`.

        Text that is already stored is not written again.

        Raises:
            InvalidText: A text is invalid.
            EditConflict: The photo has a different version.
            PhotoBusy: The objects of the photo are being moved.
        """
        _require_settled(photo)
        validated = text.validated()
        # A version that does not exist yet is forged. The catalog's check is not enough: the photo
        # may reach this version before the update, with a record other than `photo`.
        if version > photo.version:
            raise EditConflict(photo.photo_id)
        year = (photo.taken_at or photo.uploaded_at).year
        credit = text.credit.validated().apply(photo.credit, year)
        in_files = photo.credit_in_files and credit == photo.credit
        edited = replace(photo, **validated, credit=credit, credit_in_files=in_files)
        if version == photo.version and edited == photo:
            return photo
        return self._records.replace(photo, replace(edited, version=version + 1))

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


def _require_settled(photo: Photo) -> None:
    """Raise PhotoBusy if a move is not complete: after an edit, its last step would conflict."""
    if photo.lease_expires_at is not None:
        raise PhotoBusy
