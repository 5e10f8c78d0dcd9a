"""Edit the text, the tags and the visibility of photos that are not in the trash.

The catalog has the authoritative record. The sidecar in the object store is updated after it.
"""

import logging
from collections.abc import Iterable
from dataclasses import replace

from app.domain.errors import EditConflict, InvalidText, StorageError, StorageUnavailable
from app.domain.messages import message
from app.domain.photo import Photo, PhotoState, Role
from app.domain.tags import clean_tags
from app.domain.upload import PhotoText
from app.services.photo_objects import PhotoObjects
from app.services.ports import Catalog

log = logging.getLogger(__name__)


class PhotoEditor:
    """Edits photos, each in one catalog transaction."""

    def __init__(self, catalog: Catalog, photo_objects: PhotoObjects) -> None:
        self._catalog = catalog
        self._photo_objects = photo_objects

    def update(self, photo: Photo, version: int, text: PhotoText) -> Photo:
        """Replace the text and the tags of a photo if it still has `version`.

        Raises:
            InvalidText: A text is invalid or the title is empty.
            EditConflict: The photo has a different version.
        """
        validated = text.validated()
        if not validated["title"]:
            raise InvalidText("title", message("Enter a title."))
        # A version that does not exist yet is forged. The catalog's check is not enough: the photo
        # may reach this version before the update, with a record other than `photo`.
        if version > photo.version:
            raise EditConflict(photo.photo_id)
        return self._replace(photo, replace(photo, **validated, version=version + 1))

    def retag(self, photo: Photo, add: Iterable[str], remove: Iterable[str]) -> Photo:
        """Remove the tags `remove` from a photo, then add the tags `add`.

        Raises:
            InvalidText: A tag is too long, or there are too many.
            EditConflict: Another request has changed the photo.
        """
        removed = frozenset(remove)
        kept = [tag for tag in photo.tags if tag not in removed]
        tags = clean_tags([*kept, *add])
        if tags == photo.tags:
            return photo
        return self._replace(photo, photo.next_version(tags=tags))

    def hide(self, photo: Photo, by: Role) -> Photo:
        """Remove a photo from all public pages.

        If the admin hid the photo, it stays hidden by the admin.

        Raises:
            EditConflict: Another request has changed the photo.
        """
        if photo.state is PhotoState.HIDDEN and photo.hidden_by in {by, Role.ADMIN}:
            return photo
        return self._replace(photo, photo.next_version(state=PhotoState.HIDDEN, hidden_by=by))

    def unhide(self, photo: Photo) -> Photo:
        """Show a photo on the public pages again.

        Raises:
            EditConflict: Another request has changed the photo.
        """
        if photo.state is PhotoState.PUBLIC:
            return photo
        return self._replace(photo, photo.next_version(state=PhotoState.PUBLIC, hidden_by=None))

    def _replace(self, before: Photo, after: Photo) -> Photo:
        """Replace the previous version with `after`; a repeated change has no effect."""
        previous = replace(before, version=after.version - 1)
        try:
            self._catalog.update(previous, after)
        except (EditConflict, StorageUnavailable):
            # If the catalog has `after`, the form was sent twice or only the response was lost.
            if self._catalog.get(after.photo_id) != after:
                raise
        self._write_sidecar(after)
        return after

    def _write_sidecar(self, photo: Photo) -> None:
        """Update the sidecar; a failure is only logged because a repair can update it later."""
        try:
            self._photo_objects.put_sidecar(photo)
        except StorageError:
            log.exception(
                "the sidecar of photo %s is out of date; run the repair command", photo.photo_id
            )
