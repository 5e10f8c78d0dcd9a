"""Plan an import: read every file, and find out which photos are new."""

import hashlib
from collections.abc import Callable

from app.domain import object_keys
from app.domain.errors import InvalidUpload, ObjectNotFound
from app.maintenance.importing.items import FoundPhoto, PhotoFacts, PlannedPhoto
from app.maintenance.importing.report import ImportReport, Note
from app.maintenance.importing.sidecar_files import PhotoFolder
from app.maintenance.importing.sources import ImportSource, facts_of
from app.maintenance.progress import ProgressCallback, no_progress
from app.services.photo_service import PhotoService

# Called with each photo that the plan has, for a list of them.
PhotoListener = Callable[[FoundPhoto], None]


class ImportPlan:
    """The photos of a source, and which of them the site has.

    Copies of one file are one photo, which is in the albums of all of them.

    Args:
        photos: The service that knows which photos the site has.
        on_photo: Called with each photo of the source that is read.
    """

    def __init__(
        self,
        folder: PhotoFolder,
        source: ImportSource,
        photos: PhotoService,
        report: ImportReport,
        on_photo: PhotoListener,
    ) -> None:
        self._folder = folder
        self._source = source
        self._photos = photos
        self._report = report
        self._on_photo = on_photo
        self._planned: dict[bytes, PlannedPhoto] = {}  # by the SHA-256 of the file

    def make(self, progress: ProgressCallback = no_progress) -> list[PlannedPhoto]:
        """Read the source, and return its photos, those that become hidden last.

        The first photo of an album becomes its cover.
        """
        for found in progress("photos", self._source.photos()):
            self._on_photo(found)
            facts = facts_of(self._source, found, self._report)
            self._report.count_names(self._report.unused, facts.unused)
            self._add(found, facts)
        planned = sorted(self._planned.values(), key=lambda photo: photo.is_hidden)
        self._planned.clear()
        self._count(planned)
        return planned

    def _add(self, found: FoundPhoto, facts: PhotoFacts) -> None:
        path = found.file.path
        if facts.is_trashed:
            self._report.note(Note.TRASHED, path)
            return
        if facts.unknown_license:
            self._report.note(Note.UNKNOWN_LICENSE, f"{path}: {facts.unknown_license}")
        digest = self._digest(path)
        if digest is None:
            return
        if first := self._planned.get(digest):
            self._report.note(Note.SAME_FILE, path)
            self._planned[digest] = _merged(first, found, facts)
        else:
            photo_id = self._find(digest)
            self._planned[digest] = PlannedPhoto(found, facts.is_hidden, photo_id)
            if photo_id:
                self._report.note(Note.PRESENT, path)

    def _digest(self, path: str) -> bytes | None:
        """Return the SHA-256 of a file; None if it cannot be imported."""
        try:
            with self._folder.open(path) as file:
                return hashlib.file_digest(file, "sha256").digest()  # type: ignore[arg-type]
        except (InvalidUpload, ObjectNotFound) as error:
            self._report.fail(path, error)
        except OSError as error:
            self._report.fail(path, error.strerror)
        return None

    def _find(self, digest: bytes) -> str | None:
        """Return the id of a photo of the same file; None if the site has none."""
        listing = object_keys.duplicates_listing(digest.hex())
        page = self._photos.page(listing, 1)
        return page.summaries[0].photo_id if page.summaries else None

    def _count(self, planned: list[PlannedPhoto]) -> None:
        report = self._report
        for found, is_hidden, photo_id in planned:
            report.count_names(report.albums, frozenset(album.name for album in found.albums))
            if photo_id:
                continue
            report.photos += 1
            report.bytes += found.file.size
            if found.sidecar:
                report.with_sidecar += 1
            elif self._source.expects_sidecars:
                report.note(Note.NO_SIDECAR, found.file.path)
            if is_hidden:
                report.note(Note.HIDDEN, found.file.path)


def _merged(first: PlannedPhoto, copy: FoundPhoto, facts: PhotoFacts) -> PlannedPhoto:
    """Add the albums of a copy, and take its sidecar if the first file has none."""
    found = first.found
    described = found if found.sidecar or not copy.sidecar else copy
    albums = tuple(dict.fromkeys((*found.albums, *copy.albums)))
    is_hidden = first.is_hidden or facts.is_hidden
    return PlannedPhoto(described._replace(albums=albums), is_hidden, first.photo_id)
