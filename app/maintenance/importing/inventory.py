"""List the files of a folder by their type."""

import errno
from collections.abc import Iterable
from dataclasses import dataclass, field

from app.domain.errors import InvalidUpload, ObjectNotFound
from app.maintenance.importing.file_types import (
    SIGNATURE_BYTES,
    FileType,
    is_photo,
    type_of,
)
from app.maintenance.importing.items import FoundFile
from app.maintenance.importing.report import ImportReport, Note
from app.maintenance.importing.sidecar_files import PhotoFolder
from app.services.ports import StoredObject

MAX_FOLDER_ENTRIES = 100_000
MAX_FILES = 1_000_000  # of one import; their paths are in memory
_NOTES = {FileType.VIDEO: Note.VIDEO, FileType.RAW: Note.RAW}


@dataclass(frozen=True, slots=True)
class Inventory:
    """The files of a folder. `others` are videos and raw files, which may have sidecars too."""

    photos: list[FoundFile] = field(default_factory=list)
    json: list[str] = field(default_factory=list)
    xmp: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)


def take_inventory(
    folder: PhotoFolder, files: Iterable[StoredObject], report: ImportReport
) -> Inventory:
    """Return the files by their type. Files of other types are noted in the report.

    Raises:
        OSError: There are too many files, or the folder cannot be read.
    """
    inventory = Inventory()
    for number, stored in enumerate(files):
        if number == MAX_FILES:
            reason = f"There are more than {MAX_FILES} files. Import them in parts"
            raise OSError(errno.EOVERFLOW, reason)
        _add(folder, FoundFile(stored.key, stored.size), inventory, report)
    return inventory


def _add(folder: PhotoFolder, file: FoundFile, inventory: Inventory, report: ImportReport) -> None:
    file_type = type_of(file.name)
    match file_type:
        case FileType.PHOTO:
            inventory.photos.append(file)
        case FileType.JSON:
            inventory.json.append(file.path)
        case FileType.XMP:
            inventory.xmp.append(file.path)
        case FileType.VIDEO | FileType.RAW:
            inventory.others.append(file.path)
            report.note(_NOTES[file_type], file.path)
        case FileType.UNKNOWN:
            _add_unknown(folder, file, inventory, report)


def _add_unknown(
    folder: PhotoFolder, file: FoundFile, inventory: Inventory, report: ImportReport
) -> None:
    """Add a file without a known extension if its first bytes are those of a photo."""
    try:
        with folder.open(file.path) as opened:
            start = opened.read(SIGNATURE_BYTES)
    except (InvalidUpload, ObjectNotFound) as error:
        report.fail(file.path, error)
    except OSError as error:
        report.fail(file.path, error.strerror)
    else:
        if is_photo(start):
            inventory.photos.append(file)
        else:
            report.note(Note.OTHER_FILE, file.path)
