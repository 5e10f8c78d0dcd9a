"""Publish a plain folder of photos."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from app.domain import object_keys
from app.domain.errors import Busy, InvalidUpload
from app.domain.upload import PhotoText, QuotaScope, UploadRequest
from app.services.factory import Services

IMPORT_OWNER = hashlib.sha256(b"import").hexdigest()[
    :32
]  # no browser's contributor: the admin changes what it owns


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of one file: a photo, an earlier photo of the same file, or an error in words."""

    path: Path
    photo_id: str | None = None
    earlier: bool = False
    error: str | None = None


def files_in(folder: Path) -> list[Path]:
    """Every file below `folder` that is not hidden, by name."""
    visible = (
        path
        for path in folder.rglob("*")
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
    return sorted(path for path in visible if path.is_file())


def import_file(services: Services, path: Path) -> ImportResult:
    """Publish one file unless the library has it already, so that a broken-off import goes on where it stopped."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        if earlier := services.photos.page(object_keys.duplicates_listing(sha256), 1).summaries:
            return ImportResult(path, earlier[0].photo_id, earlier=True)
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
