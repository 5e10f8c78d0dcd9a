"""Change the license of one of many photos, which other requests may change at the same time."""

from app.domain.errors import EditConflict, ObjectNotFound, PhotoNotFound
from app.domain.image.credit_choice import CreditChoice
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.services.deadline import timeout
from app.services.photo_moves import PhotoMoves
from app.services.ports import Catalog
from app.services.revisions.credit_files import STORAGE_TIMEOUT, CreditFiles, chosen_credit

_MAX_ATTEMPTS = 3  # each writes the original again


class PhotoLicenses:
    """Changes the licenses of photos that are not in the trash."""

    def __init__(self, catalog: Catalog, credit_files: CreditFiles, moves: PhotoMoves) -> None:
        self._catalog = catalog
        self._credit_files = credit_files
        self._moves = moves

    def change(self, photo: Photo, choice: CreditChoice) -> Photo:
        """Change the license of a photo, and its credit if the choice has one.

        A photo that has the license already is not written again.

        Raises:
            InvalidText: The credit or the license is invalid.
            PhotoNotFound: The photo is in the trash, or deleted permanently.
            PhotoBusy: Another request is moving the objects.
            Busy: No image worker is free.
            EditConflict: Other requests changed the photo before every attempt.
            StorageError: The photo is unchanged.
        """
        for attempt in range(1, _MAX_ATTEMPTS + 1):
            with timeout(STORAGE_TIMEOUT):
                photo = self._moves.settle(photo)
            if photo.state is PhotoState.TRASHED:
                raise PhotoNotFound(photo.photo_id)
            credit = chosen_credit(photo, choice, photo.taken)
            if credit == photo.credit:
                return photo
            try:
                return self._credit_files.change(photo, photo.next_version(credit=credit))
            except (EditConflict, ObjectNotFound):  # another request came first
                if attempt == _MAX_ATTEMPTS:
                    raise
                photo = self._catalog.get(photo.photo_id)
        raise AssertionError("the last attempt returns or raises")
