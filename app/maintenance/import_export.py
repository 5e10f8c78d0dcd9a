"""Store the photos of an export as uploads are stored: validated, checked, cleaned and resized."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from app.domain import moderation, photo_ids
from app.domain.errors import InvalidUpload
from app.domain.image.credit import Credit
from app.domain.image.credit_choice import CreditChoices
from app.domain.image.image_options import ImageOptions
from app.domain.image.processed_image import REMOVABLE, ProcessedImage
from app.domain.image.taken_date import fields_of
from app.domain.messages import message
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, Role
from app.domain.photo_text import clean_filename
from app.domain.upload import PhotoText
from app.domain.usage import expiry_of
from app.maintenance.albums.imported_memberships import valid_memberships
from app.services.albums.open_albums import OpenAlbums
from app.services.image_processor import ImageProcessor
from app.services.photo_objects import PhotoObjects, bodies_of
from app.services.ports import Backend, ObjectSource

# By this, the clock of the instance that began a batch may be ahead: see batch_token.py.
_MAX_SKEW = timedelta(minutes=1)
_OTHER_TYPE = message("The file is %(found)s, its record says %(recorded)s.")


class ExportImporter:
    """Copies photos from an export that may have been changed since it was made.

    Texts are validated and originals are processed like those of an upload. An export of this site
    comes back byte for byte, because a clean original stays the same.

    Args:
        source: The export.
        backend: The object store of the site, and its albums, which decide about unlisted photos.
        process_image: Verifies and cleans a file and makes its renditions.
    """

    def __init__(
        self,
        source: ObjectSource,
        backend: Backend,
        process_image: ImageProcessor,
    ) -> None:
        self._source = source
        self._target = backend.objects
        self._open_albums = OpenAlbums(backend.albums, lambda: datetime.now(UTC))
        self._process_image = process_image
        self._photo_objects = PhotoObjects(backend.objects, 1)

    def store(self, photo: Photo) -> Photo:
        """Store all objects of the photo. Return the photo as it is stored.

        Raises:
            InvalidText: A text cannot be that of a photo.
            InvalidUpload: The original cannot become a photo.
            ObjectNotFound: The original is missing.
        """
        with closing(self._process(photo, photo.stored_keys[-1])) as image:
            imported = self._following(_as_imported(photo, image))
            for key, body in bodies_of(imported, image).items():
                self._target.put(key, body)
        self._photo_objects.put_sidecar(imported)
        return imported

    def complete(self, photo: Photo, original_key: str | None) -> bool:
        """Store the missing objects of a photo that the site has. Return whether any was missing.

        Args:
            photo: The photo as the catalog has it.
            original_key: The key of its original in the export; None if the export has none.

        Raises:
            InvalidUpload: The original cannot become a photo.
        """
        keys = (*photo.stored_keys, photo.sidecar_key)
        missing = [key for key in keys if not self._target.exists(key)]
        if photo.sidecar_key in missing:
            self._photo_objects.put_sidecar(photo)
        if original_key and set(missing).intersection(photo.stored_keys):
            with closing(self._process(photo, original_key)) as image:
                bodies = bodies_of(photo, image)
                for key in bodies.keys() & set(missing):
                    self._target.put(key, bodies[key])
        return bool(missing)

    def _following(self, photo: Photo) -> Photo:
        """Return the photo in the state that follows from its albums on this site."""
        if not (photo.unlisted and photo.state.is_in_albums):
            return photo
        return moderation.outside_trash(photo, closed=self._open_albums.are_closed(photo))

    def _process(self, photo: Photo, original_key: str) -> ProcessedImage:
        file = BytesIO(self._source.get(original_key))
        options = ImageOptions(
            quarter_turns=photo.rotation,
            turn_original=False,
            credit=CreditChoices.of_record(_credit_of(photo)),
        )
        image = self._process_image(file, options=options)
        if image.content_type != photo.content_type:
            image.close()
            types = {"found": image.content_type, "recorded": photo.content_type}
            raise InvalidUpload(_OTHER_TYPE.with_values(**types))
        return image


def _as_imported(photo: Photo, image: ProcessedImage) -> Photo:
    """Return the photo with valid values, and with the facts of the processed image."""
    text = PhotoText(
        title=photo.title,
        description=photo.description,
        tags=",".join(photo.tags),
        alt=photo.alt,
        contributor_name=photo.contributor_name,
    ).validated()
    return replace(
        photo,
        **text,
        filename=clean_filename(photo.filename),
        **_state_fields(photo),
        **_metadata(photo),
        uploaded_at=_uploaded_at(photo),
        **image.photo_fields,
        credit_in_files=image.credit_in_files,
        unused_objects=(),
        albums=valid_memberships(photo),
    )


def _uploaded_at(photo: Photo) -> datetime:
    """Return the time of the upload, or the time in the id if that cannot be.

    A photo was uploaded after the time in its id, which may be the time at which it was taken.
    """
    began = photo_ids.timestamp_of(photo.photo_id)
    known = photo.uploaded_at
    if known.tzinfo is None or not began - _MAX_SKEW <= known <= datetime.now(UTC) + _MAX_SKEW:
        return began
    return known.astimezone(UTC)


def _state_fields(photo: Photo) -> dict[str, Any]:
    """Return the fields that depend on the photo's state, as that state needs them.

    Without an expiry a deleted photo would stay in the trash, and with one a public photo would
    vanish. The site is moving no object of the photo, so there is no lease.
    """
    fields: dict[str, Any] = {"lease_expires_at": None, "trashed_by": None, "expires_at": None}
    is_withdrawn = photo.state in {PhotoState.HIDDEN, PhotoState.TRASHED}
    is_deleted = photo.state is PhotoState.TRASHED and photo.trashed_by is not Role.CONTRIBUTOR
    fields["owner_hid"] = photo.owner_hid and is_withdrawn and photo.hidden_by is Role.ADMIN
    fields["owner_deleted"] = photo.owner_deleted and is_deleted
    match photo.state:
        case PhotoState.PUBLIC:
            fields |= {"hidden_by": None, "awaiting_review": False, "unlisted": False}
        case PhotoState.UNLISTED:
            fields |= {"hidden_by": None, "awaiting_review": False, "unlisted": True}
            fields["closed"] = False
        case PhotoState.PRIVATE:
            fields |= {"hidden_by": None, "awaiting_review": False, "unlisted": True}
            fields["closed"] = True
        case PhotoState.PENDING:
            fields |= {"hidden_by": None, "awaiting_review": True}
        case PhotoState.HIDDEN:
            fields["hidden_by"] = photo.hidden_by or Role.CONTRIBUTOR
        case PhotoState.TRASHED:
            latest = expiry_of(datetime.now(UTC))
            fields["trashed_by"] = photo.trashed_by or Role.CONTRIBUTOR
            fields["expires_at"] = min(photo.expires_at or latest, latest)
    return fields


def _credit_of(photo: Photo) -> Credit | None:
    return (photo.credit and photo.credit.cleaned()) or None


def _metadata(photo: Photo) -> dict[str, Any]:
    """Return the facts from the uploaded file's metadata, without those that no upload has."""
    taken = photo.taken
    return {
        "camera": photo.camera.without_invalid(),
        "credit": _credit_of(photo),
        **fields_of(taken if taken and taken.is_possible else None),
        "removed_metadata": tuple(kind for kind in REMOVABLE if kind in photo.removed_metadata),
    }
