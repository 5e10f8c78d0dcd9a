"""An export of Google Photos, as Google Takeout makes it."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from itertools import islice
from typing import Any

from app.domain.image.taken_date import TakenDate
from app.maintenance.importing.file_types import FileType, extension_of, type_of
from app.maintenance.importing.inventory import Inventory
from app.maintenance.importing.items import (
    NO_FACTS,
    FoundPhoto,
    ImportAlbum,
    PhotoFacts,
    folder_of,
    stem_of,
)
from app.maintenance.importing.report import ImportReport, Note
from app.maintenance.importing.sidecar_files import (
    PhotoFolder,
    UnusableSidecar,
    read_object,
    text_in,
    unused_names,
)
from app.maintenance.importing.takeout_folder import TakeoutFolder

_ARCHIVE_FOLDER = "Takeout"  # in every part of an export, in all languages
_TIME_TAKEN = "photoTakenTime"
_USED = ("title", "description", _TIME_TAKEN, "archived", "trashed", "inLockedFolder")
# The folders of years. GooglePhotosTakeoutHelper issues 318, 483 and GooglePhotosTakeoutHelper_Neo
# issue 100 have the names in other languages.
_YEAR_FOLDER = re.compile(r"(?:Photos from|Photos de|Fotos von|Fotos de|Foto da|Foto dal) \d{4}")
_MAX_PROBES = 20  # JSON files that are read to recognize an export
_DIGIT = re.compile(r"\d")


class TakeoutSource:
    """A source of photos: see `ImportSource`.

    The photo of a year folder is in the folder of each of its albums again. `make_plan` merges
    them. Places and the names of people are never read.

    Args:
        zone: The time zone in which photos without a date of their own were taken. Google states
            times in UTC.
    """

    label = "Google Takeout"
    expects_sidecars = True

    def __init__(
        self, folder: PhotoFolder, inventory: Inventory, report: ImportReport, zone: tzinfo
    ) -> None:
        self._folder = folder
        self._inventory = inventory
        self._report = report
        self._zone = zone

    def photos(self) -> Iterator[FoundPhoto]:
        """Yield the photos, folder by folder. An edited copy replaces its original."""
        for folder in self._folders():
            albums = self._albums(folder)
            for file in folder.photos:
                edited = folder.edited_copy_of(file)
                if edited:
                    self._report.note(Note.REPLACED, f"{file.path} ({edited})")
                else:
                    yield FoundPhoto(file, folder.sidecar_of(file), albums)
        for path in self._inventory.xmp:
            self._report.note(Note.OTHER_FILE, path)

    def facts(self, photo: FoundPhoto) -> PhotoFacts:
        """Return the facts in the JSON file of a photo. Raises UnusableSidecar."""
        if photo.sidecar is None:
            return NO_FACTS
        values = read_object(self._folder, photo.sidecar)
        title = text_in(values, "title").strip()
        return PhotoFacts(
            title="" if _is_file_name(title) else title,
            description=text_in(values, "description"),
            filename=title if extension_of(title) == extension_of(photo.file.name) else "",
            taken=self._time_taken(values),
            is_hidden=bool(values.get("archived") or values.get("inLockedFolder")),
            is_trashed=bool(values.get("trashed")),
            unused=unused_names(values, _USED),
        )

    def _folders(self) -> Iterator[TakeoutFolder]:
        """Yield the folders. Files of one folder may be in several parts of the export."""
        photos, others, json = (defaultdict(list), defaultdict(list), defaultdict(list))
        for file in self._inventory.photos:
            photos[_folder_key(file.path)].append(file)
        for path in self._inventory.others:
            others[_folder_key(path)].append(path)
        for path in self._inventory.json:
            json[_folder_key(path)].append(path)
        for key in sorted({*photos, *json}):
            yield TakeoutFolder(photos[key], others[key], json[key])

    def _albums(self, folder: TakeoutFolder) -> tuple[ImportAlbum, ...]:
        """Return the albums that the JSON files without a photo of their name describe."""
        albums: dict[str, ImportAlbum] = {}
        for path in folder.unmatched():
            try:
                values = read_object(self._folder, path)
            except UnusableSidecar as error:
                self._report.note(Note.UNREADABLE_SIDECAR, f"{path}: {error}")
                continue
            title = text_in(values, "title").strip()
            if _TIME_TAKEN in values:
                if not folder.match_title(path, title):
                    self._report.note(Note.UNMATCHED_SIDECAR, path)
            elif not {"title", "albumData"}.intersection(values):
                self._report.note(Note.OTHER_FILE, path)
            elif album := _album_of(values):
                albums[album.name] = album
        return tuple(albums.values())

    def _time_taken(self, values: Mapping[str, Any]) -> TakenDate | None:
        """Return the time by a clock of the zone. Zero stands for a time that is not known."""
        time = values.get(_TIME_TAKEN)
        timestamp = time.get("timestamp") if isinstance(time, dict) else None
        with suppress(TypeError, ValueError, OverflowError, OSError):
            seconds = int(str(timestamp)[:20])
            taken_at = datetime.fromtimestamp(seconds, UTC).astimezone(self._zone)
            taken = TakenDate(taken_at.replace(tzinfo=None))
            if seconds and taken.is_possible:
                return taken
        return None


def is_takeout(folder: PhotoFolder, inventory: Inventory) -> bool:
    """Return whether these files are an export of Google Photos. Other programs write JSON too."""
    if any(_is_named_by_takeout(path) for path in inventory.json):
        return True
    described = (path for path in inventory.json if _is_named_after_photo(path))
    return any(_has_time_taken(folder, path) for path in islice(described, _MAX_PROBES))


def _is_named_by_takeout(json_path: str) -> bool:
    *folders, name = json_path.split("/")
    return _ARCHIVE_FOLDER in folders or ".supplemental-metadata" in name


def _is_named_after_photo(json_path: str) -> bool:
    return type_of(stem_of(json_path)) in (FileType.PHOTO, FileType.VIDEO)


def _has_time_taken(folder: PhotoFolder, json_path: str) -> bool:
    with suppress(UnusableSidecar):
        return _TIME_TAKEN in read_object(folder, json_path)
    return False


def _folder_key(path: str) -> str:
    """Return the folder of a file inside its part of the export."""
    folder = folder_of(path)
    _, found, inside = f"/{folder}/".rpartition(f"/{_ARCHIVE_FOLDER}/")
    return inside.rstrip("/") if found else folder


def _album_of(values: Mapping[str, Any]) -> ImportAlbum | None:
    """Return the album that a JSON file describes; None for a folder without a name of its own."""
    earlier = values.get("albumData")  # exports until 2020 have the fields in this object
    fields = earlier if isinstance(earlier, dict) else values
    name = text_in(fields, "title").strip()
    if not name or _YEAR_FOLDER.fullmatch(name):
        return None
    return ImportAlbum.of(name, text_in(fields, "description"))


def _is_file_name(title: str) -> bool:
    """Return whether a title, which is the name of the file, was not written by a person."""
    is_known = type_of(title) is not FileType.UNKNOWN
    return is_known or (" " not in title and _DIGIT.search(title) is not None)
