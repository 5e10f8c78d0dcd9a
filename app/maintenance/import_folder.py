"""Publish the photos of a plain folder."""

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO, Protocol

from app.domain import object_keys
from app.domain.errors import Busy, InternalError, InvalidUpload, ObjectNotFound
from app.domain.upload import PhotoText, QuotaScope, UploadRequest
from app.services.factory import Services

log = logging.getLogger(__name__)

# The owner of imported photos. No browser has this id, so only the admin can change them.
IMPORT_OWNER = hashlib.sha256(b"import").hexdigest()[:32]


class PhotoFolder(Protocol):
    """A folder whose files are imported."""

    def files(self) -> Iterable[str]:
        """Return the paths of the files, sorted."""

    def open(self, path: str) -> BinaryIO:
        """Open a file. Raises InvalidUpload or ObjectNotFound."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """The result for one file: the id of its photo, or an error message.

    `earlier` is true if the photo existed before the import.
    """

    path: str
    photo_id: str | None = None
    earlier: bool = False
    error: str | None = None


def import_file(services: Services, folder: PhotoFolder, path: str) -> ImportResult:
    """Publish one file unless the site has it, so that an interrupted import can resume."""
    try:
        with folder.open(path) as file:
            return _publish(services, path, file)
    except (InvalidUpload, Busy, ObjectNotFound) as error:
        return ImportResult(path, error=str(error))
    except InternalError as error:
        log.exception("Importing %r failed", path)
        return ImportResult(path, error=str(error))
    except OSError as error:  # of this file; a storage error ends the import
        return ImportResult(path, error=error.strerror)


def _publish(services: Services, path: str, file: BinaryIO) -> ImportResult:
    sha256 = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    duplicates = services.photos.page(object_keys.duplicates_listing(sha256), 1).summaries
    if duplicates:
        return ImportResult(path, duplicates[0].photo_id, earlier=True)
    file.seek(0)
    upload = UploadRequest(
        file=file,
        filename=PurePosixPath(path).name,
        text=PhotoText().validated(),
        owner=IMPORT_OWNER,
        upload_id="import",
        quota_scope=QuotaScope.NONE,
    )
    return ImportResult(path, services.uploads.publish(upload).photo.photo_id)
