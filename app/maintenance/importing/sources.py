"""The kinds of folders that can be imported."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum
from typing import Protocol

from app.domain import object_keys, photo_ids
from app.domain.errors import StorageRefused
from app.maintenance.importing.flickr import FlickrSource, is_flickr
from app.maintenance.importing.inventory import Inventory, take_inventory
from app.maintenance.importing.items import FoundPhoto, PhotoFacts
from app.maintenance.importing.plain_folder import PlainFolder, ReadXmp
from app.maintenance.importing.report import ImportReport, Note
from app.maintenance.importing.sidecar_files import PhotoFolder, UnusableSidecar
from app.maintenance.importing.takeout import TakeoutSource, is_takeout
from app.maintenance.progress import ProgressCallback, no_progress


class PartOfExport(StorageRefused):
    """A folder has files of an export of Shoebox, which may be those of private photos."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"{path} belongs to an export of Shoebox, which may have photos that are not public. "
            "Nothing was imported. Import the folder of the export itself, without options."
        )


class SourceKind(StrEnum):
    """The program or site that wrote a folder. The operator may name it."""

    FOLDER = "folder"
    GOOGLE = "google"
    FLICKR = "flickr"


class ImportSource(Protocol):
    """A folder of photos with the facts that its origin states about them."""

    label: str
    # Whether each photo has a sidecar, which may say that the photo is not public.
    expects_sidecars: bool

    def photos(self) -> Iterator[FoundPhoto]:
        """Yield the photos in the order of their paths, once."""

    def facts(self, photo: FoundPhoto) -> PhotoFacts:
        """Return the facts about a photo. Raises UnusableSidecar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOptions:
    """The options for reading a source.

    Args:
        kind: The origin of the folder; None to recognize it by its files.
        zone: The time zone of dates that the source states in UTC.
        read_xmp: Reads an XMP sidecar.
    """

    kind: SourceKind | None
    zone: tzinfo
    read_xmp: ReadXmp


def open_source(
    folder: PhotoFolder,
    options: SourceOptions,
    report: ImportReport,
    progress: ProgressCallback = no_progress,
) -> ImportSource:
    """List the files of a folder.

    Raises:
        OSError: There are too many files, or the folder cannot be read.
        PartOfExport: Some files belong to an export of Shoebox.
    """
    inventory = take_inventory(folder, progress("files", folder.list("")), report)
    _refuse_part_of_export(folder.name, inventory)
    source = _source(folder, inventory, options, report)
    report.source = source.label
    return source


def _refuse_part_of_export(folder_name: str, inventory: Inventory) -> None:
    photos = [photo.path for photo in inventory.photos]
    for path in (*inventory.json, *photos):
        if object_keys.is_part_of_export(f"{folder_name}/{path}"):
            raise PartOfExport(path)
    _refuse_renditions(folder_name, photos)


def _refuse_renditions(folder_name: str, paths: Iterable[str]) -> None:
    """Refuse several renditions of a photo, or one in the partition of the photo.

    One file alone proves nothing: people name files by numbers too.
    """
    found: set[str] = set()
    for path in filter(object_keys.is_rendition, paths):
        folder = f"/{folder_name}/{path}".rpartition("/")[0]
        photo_id = object_keys.name_of(folder)
        if not photo_ids.is_photo_id(photo_id):
            continue
        is_in_partition = folder.endswith(f"/{object_keys.partition(photo_id)}/{photo_id}")
        if is_in_partition or folder in found:
            raise PartOfExport(path)
        found.add(folder)


def facts_of(source: ImportSource, photo: FoundPhoto, report: ImportReport) -> PhotoFacts:
    """Return the facts about a photo. The report gets a sidecar that cannot be read.

    If such a sidecar might say that the photo is not public, the photo is hidden.
    """
    try:
        return source.facts(photo)
    except UnusableSidecar as error:
        report.note(Note.UNREADABLE_SIDECAR, f"{photo.sidecar}: {error}")
        return PhotoFacts(is_hidden=source.expects_sidecars)


def _source(
    folder: PhotoFolder, inventory: Inventory, options: SourceOptions, report: ImportReport
) -> ImportSource:
    match options.kind or _recognize(folder, inventory):
        case SourceKind.FLICKR:
            return FlickrSource(folder, inventory, report)
        case SourceKind.GOOGLE:
            return TakeoutSource(folder, inventory, report, options.zone)
        case SourceKind.FOLDER:
            return PlainFolder(folder, inventory, report, options.read_xmp)


def _recognize(folder: PhotoFolder, inventory: Inventory) -> SourceKind:
    if is_flickr(inventory):
        return SourceKind.FLICKR
    return SourceKind.GOOGLE if is_takeout(folder, inventory) else SourceKind.FOLDER
