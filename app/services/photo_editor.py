"""Changing a photo that stays where it is: what it says, and who is led to it. The record follows the catalog."""

import logging
from collections.abc import Iterable
from dataclasses import replace

from app.domain.errors import EditConflict, InvalidText, StorageError, StorageUnavailable
from app.domain.messages import message
from app.domain.photo import HiddenBy, Photo, PhotoState
from app.domain.tags import clean_tags
from app.domain.upload import PhotoText
from app.services.photo_objects import PhotoObjects
from app.services.ports import Catalog

log = logging.getLogger(__name__)


class PhotoEditor:
    """Revises photos of one catalog and one shelf, each in one transaction; none of them is trashed."""

    def __init__(self, catalog: Catalog, photo_objects: PhotoObjects) -> None:
        self._catalog = catalog
        self._photo_objects = photo_objects

    def update(self, photo: Photo, version: int, words: PhotoText) -> Photo:
        """Change what the photo says, if it is still at `version`. Raises InvalidText and EditConflict."""
        cleaned = words.validated()
        if not cleaned["title"]:
            raise InvalidText("title", message("Enter a title."))
        if (
            version > photo.version
        ):  # forged; were it reached meanwhile, `photo` would not be what is replaced
            raise EditConflict(photo.photo_id)
        return self._replace(photo, replace(photo, **cleaned, version=version + 1))

    def retag(self, photo: Photo, add: Iterable[str], remove: Iterable[str]) -> Photo:
        """Take the tags `remove` from the photo and give it `add`. Raises InvalidText for too many, EditConflict."""
        unwanted = frozenset(remove)
        tags = clean_tags([*(tag for tag in photo.tags if tag not in unwanted), *add])
        return photo if tags == photo.tags else self._replace(photo, photo.next_version(tags=tags))

    def hide(self, photo: Photo, by: HiddenBy) -> Photo:
        """Take the photo off every public page; one that the admin hid stays the admin's. Raises EditConflict."""
        if photo.state is PhotoState.HIDDEN and photo.hidden_by in {by, HiddenBy.ADMIN}:
            return photo
        return self._replace(photo, photo.next_version(state=PhotoState.HIDDEN, hidden_by=by))

    def unhide(self, photo: Photo) -> Photo:
        """Put the photo on the public pages again. Raises EditConflict."""
        if photo.state is PhotoState.PUBLIC:
            return photo
        return self._replace(photo, photo.next_version(state=PhotoState.PUBLIC, hidden_by=None))

    def _replace(self, before: Photo, after: Photo) -> Photo:
        """Put `after` in place of the version just before it; the same change sent again is made once."""
        try:
            self._catalog.update(replace(before, version=after.version - 1), after)
        except (EditConflict, StorageUnavailable):
            if (
                self._catalog.get(after.photo_id) != after
            ):  # or else it was sent twice, or only its answer was lost
                raise
        self._write_sidecar(after)
        return after

    def _write_sidecar(self, photo: Photo) -> None:
        """Bring the record sidecar up to date; the catalog has the truth, so a failure costs nothing but a repair."""
        try:
            self._photo_objects.put_sidecar(photo)
        except StorageError:
            log.exception(
                "the record of photo %s is out of date; check will name it", photo.photo_id
            )
