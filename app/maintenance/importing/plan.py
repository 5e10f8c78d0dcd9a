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
    """The photos of a source that the site does not have.

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
        self._new: dict[bytes, PlannedPhoto] = {}  # by the SHA-256 of the file
        self._present: set[bytes] = set()

    def make(self, progress: ProgressCallback = no_progress) -> list[PlannedPhoto]:
        """Read the source, and return the new photos in the order of their paths."""
        for found in progress("photos", self._source.photos()):
            self._on_photo(found)
            facts = facts_of(self._source, found, self._report)
            self._report.count_names(self._report.unused, facts.unused)
            self._add(found, facts)
        planned = list(self._new.values())
        self._new.clear()
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
        if digest in self._present or digest in self._new:
            self._report.note(Note.SAME_FILE, path)
            self._merge(digest, found, facts)
        elif self._is_present(digest):
            self._report.note(Note.PRESENT, path)
            self._present.add(digest)
        else:
            self._new[digest] = PlannedPhoto(found, facts.is_hidden)

    def _merge(self, digest: bytes, copy: FoundPhoto, facts: PhotoFacts) -> None:
        """Add the albums of a copy, and take its sidecar if the first file has none."""
        planned = self._new.get(digest)
        if planned is None:
            return
        first = planned.found
        described = first if first.sidecar or not copy.sidecar else copy
        albums = tuple(dict.fromkeys((*first.albums, *copy.albums)))
        is_hidden = planned.is_hidden or facts.is_hidden
        self._new[digest] = PlannedPhoto(described._replace(albums=albums), is_hidden)

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

    def _is_present(self, digest: bytes) -> bool:
        listing = object_keys.duplicates_listing(digest.hex())
        return bool(self._photos.page(listing, 1).summaries)

    def _count(self, planned: list[PlannedPhoto]) -> None:
        report = self._report
        for found, is_hidden in planned:
            report.photos += 1
            report.bytes += found.file.size
            report.count_names(report.albums, frozenset(album.name for album in found.albums))
            if found.sidecar:
                report.with_sidecar += 1
            elif self._source.expects_sidecars:
                report.note(Note.NO_SIDECAR, found.file.path)
            if is_hidden:
                report.note(Note.HIDDEN, found.file.path)
