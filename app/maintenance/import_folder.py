"""Publish the photos of a plain folder."""

import hashlib
import logging
from dataclasses import dataclass
from pathlib import Path

from app.domain import object_keys
from app.domain.errors import Busy, InternalError, InvalidUpload
from app.domain.upload import PhotoText, QuotaScope, UploadRequest
from app.services.factory import Services

log = logging.getLogger(__name__)

# The owner of imported photos. No browser has this id, so only the admin can change them.
IMPORT_OWNER = hashlib.sha256(b"import").hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class ImportResult:
    """The result for one file: the id of its photo, or an error message.

    `earlier` is true if the photo existed before the import.
    """

    path: Path
    photo_id: str | None = None
    earlier: bool = False
    error: str | None = None


def files_in(folder: Path) -> list[Path]:
    """Return all files below `folder` that are not hidden, sorted by path."""
    paths = folder.rglob("*")
    return sorted(path for path in paths if path.is_file() and not _is_hidden(path, folder))


def import_file(services: Services, path: Path) -> ImportResult:
    """Publish one file unless the site has it, so that an interrupted import can resume."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        duplicates = services.photos.page(object_keys.duplicates_listing(sha256), 1).summaries
        if duplicates:
            return ImportResult(path, duplicates[0].photo_id, earlier=True)
        file.seek(0)
        upload = UploadRequest(
            file=file,
            filename=path.name,
            text=PhotoText().validated(),
            owner=IMPORT_OWNER,
            upload_id="import",
            quota_scope=QuotaScope.NONE,
        )
        try:
            return ImportResult(path, services.uploads.publish(upload).photo.photo_id)
        except (InvalidUpload, Busy) as error:
            return ImportResult(path, error=str(error))
        except InternalError as error:
            log.exception("Importing %s failed", path)
            return ImportResult(path, error=str(error))


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)
