"""Build the record of an upload, and recognize the record that an upload made before."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from app.domain import moderation
from app.domain.image.processed_image import ProcessedImage
from app.domain.image.taken_date import fields_of
from app.domain.photo import Photo
from app.domain.photo_summary import Role
from app.domain.photo_text import clean_filename
from app.domain.tags import MAX_TAGS
from app.domain.upload import UploadRequest
from app.domain.versions.revisions import secret_revision


def idempotency_key_of(upload: UploadRequest, sha256: str) -> str:
    """Return the hash that only the same file of the same form has."""
    return hashlib.sha256(f"{upload.owner} {upload.upload_id} {sha256}".encode()).hexdigest()


def made_by(upload: UploadRequest, sha256: str, photos: Iterable[Photo]) -> Photo | None:
    """Return the photo that the same form and file made before."""
    key = idempotency_key_of(upload, sha256)
    return next((photo for photo in photos if photo.idempotency_key == key), None)


def photo_of(
    upload: UploadRequest, image: ProcessedImage, photo_id: str, uploaded_at: datetime
) -> Photo:
    """Return the record of a new photo."""
    text, captions = upload.text, image.captions
    tags = text["tags"] or captions.tags
    photo = Photo(
        photo_id=photo_id,
        title=text["title"] or captions.title,
        description=text["description"] or captions.description,
        tags=tuple(dict.fromkeys((*tags, *upload.known.tags)))[:MAX_TAGS],
        alt=text["alt"] or captions.alt,
        contributor_name=text["contributor_name"],
        albums=upload.albums,
        filename=clean_filename(upload.filename),
        uploaded_at=uploaded_at,
        **fields_of(upload.known.date_taken(image.taken)),
        **image.photo_fields,
        content_type=image.content_type,
        sha256=image.sha256,
        camera=image.camera,
        credit=image.credit,
        credit_in_files=image.credit_in_files,
        removed_metadata=image.removed_metadata,
        owner=upload.owner,
        idempotency_key=idempotency_key_of(upload, image.sha256),
        hidden_by=Role.CONTRIBUTOR if upload.is_draft else None,
        awaiting_review=upload.awaiting_review,
        unlisted=upload.unlisted,
        revision=secret_revision() if upload.unlisted else 0,
    )
    return moderation.outside_trash(photo)
