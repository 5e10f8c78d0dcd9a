"""An export of Flickr ("Your Flickr Data").

Its format is not documented. github.com/simulot/immich-go/pull/1355 and
github.com/brownphotographic/Flickr2Any-Tool/issues/5 describe it: `photo_<id>.json` for each photo,
`albums.json` with the ids of their photos (the albums in the files of photos are empty), and photos
whose names contain their id.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from html import unescape
from typing import Any

from app.domain.image.credit_choice import COPYRIGHT, CreditChoice
from app.domain.image.taken_date import TakenDate
from app.maintenance.importing.flickr_licenses import license_of
from app.maintenance.importing.inventory import Inventory
from app.maintenance.importing.items import (
    FoundPhoto,
    ImportAlbum,
    PhotoFacts,
    name_of,
    stem_of,
)
from app.maintenance.importing.report import ImportReport, Note
from app.maintenance.importing.sidecar_files import (
    MAX_ALBUMS_BYTES,
    PhotoFolder,
    UnusableSidecar,
    html_in,
    objects_in,
    read_object,
    text_in,
    texts_in,
    unused_names,
)

_PHOTO_JSON = re.compile(r"photo_(\d{1,20})\.json")
_ALBUMS_JSON = "albums.json"
_PUBLIC = "public"
_USED = ("id", "name", "description", "tags", "date_taken", "license", "privacy")
_ID = re.compile(r"(?<![^_-])\d{1,20}(?![^_-])")  # between underscores
_TAG = re.compile(r"</?(?:a|b|i|em|strong|u|s|del|ins|blockquote|br|p|img)\b[^<>]{0,2000}>")
_MAX_NAME = 100  # characters of a license that is reported
_DATE_FORMAT = "%Y-%m-%d %H:%M:%S"


class FlickrSource:
    """A source of photos: see `ImportSource`. Places and the names of people are never read."""

    label = "Flickr export"
    expects_sidecars = True

    def __init__(self, folder: PhotoFolder, inventory: Inventory, report: ImportReport) -> None:
        self._folder = folder
        self._inventory = inventory
        self._report = report
        self._sidecars = {
            match[1]: path
            for path in inventory.json
            if (match := _PHOTO_JSON.fullmatch(name_of(path)))
        }

    def photos(self) -> Iterator[FoundPhoto]:
        """Yield the photos. The report has JSON files without a photo."""
        albums = self._albums()
        matched = {self._id_of(path) for path in self._inventory.others}
        for file in self._inventory.photos:
            photo_id = self._id_of(file.path)
            matched.add(photo_id)
            sidecar = self._sidecars.get(photo_id)
            yield FoundPhoto(file, sidecar, tuple(albums.get(photo_id, ())))
        for photo_id, path in self._sidecars.items():
            if photo_id not in matched:
                self._report.note(Note.UNMATCHED_SIDECAR, path)
        used = {*self._sidecars.values()}
        for path in (*self._inventory.json, *self._inventory.xmp):
            if path not in used and name_of(path) != _ALBUMS_JSON:
                self._report.note(Note.OTHER_FILE, path)

    def facts(self, photo: FoundPhoto) -> PhotoFacts:
        """Return the facts in the JSON file of a photo. Raises UnusableSidecar.

        Only photos that are known to be public are public here.
        """
        if photo.sidecar is None:
            return PhotoFacts(is_hidden=True)
        values = read_object(self._folder, photo.sidecar)
        tags = (text_in(tag, "tag") for tag in objects_in(values, "tags"))
        license_name = text_in(values, "license")
        license_ = license_of(license_name)
        return PhotoFacts(
            title=text_in(values, "name"),
            description=unescape(_TAG.sub("", html_in(values, "description"))),
            tags=(*tags, *texts_in(values, "tags")),  # exports have both forms
            # An unknown license is not replaced by the default license of the site.
            license=license_ or CreditChoice(license=COPYRIGHT),
            unknown_license="" if license_ else license_name[:_MAX_NAME],
            taken=_date_taken(values),
            overrides_date=True,  # Flickr reads the date in the file, and its owner may correct it
            is_hidden=values.get("privacy") != _PUBLIC,
            unused=unused_names(values, _USED),
        )

    def _id_of(self, path: str) -> str:
        """Return the id in the name of a file; empty if there is none that has a JSON file.

        Names are `<name>_<id>_o.jpg` or `<id>_<secret>_o.jpg`, and a secret may look like an id.
        """
        ids: list[str] = _ID.findall(stem_of(name_of(path)))
        known = (photo_id for photo_id in reversed(ids) if photo_id in self._sidecars)
        return next(known, "")

    def _albums(self) -> dict[str, list[ImportAlbum]]:
        """Return the albums of each photo by its id."""
        albums: defaultdict[str, list[ImportAlbum]] = defaultdict(list)
        for path in self._inventory.json:
            if name_of(path) != _ALBUMS_JSON:
                continue
            try:
                values = read_object(self._folder, path, MAX_ALBUMS_BYTES)
            except UnusableSidecar as error:
                self._report.note(Note.UNREADABLE_SIDECAR, f"{path}: {error}")
                continue
            for fields in objects_in(values, "albums"):
                title = text_in(fields, "title")
                album = ImportAlbum.of(title, text_in(fields, "description"))
                for photo_id in texts_in(fields, "photos"):
                    if album.name and photo_id in self._sidecars:
                        albums[photo_id].append(album)
        return albums


def is_flickr(inventory: Inventory) -> bool:
    """Return whether these files are an export of Flickr."""
    return any(_PHOTO_JSON.fullmatch(name_of(path)) for path in inventory.json)


def _date_taken(values: Mapping[str, Any]) -> TakenDate | None:
    """Return the date taken, a local time without a zone."""
    with suppress(ValueError):
        text = text_in(values, "date_taken")[:30]
        taken_at = datetime.strptime(text, _DATE_FORMAT)  # noqa: DTZ007  local, as the camera's
        taken = TakenDate(taken_at)
        return taken if taken.is_possible else None
    return None
