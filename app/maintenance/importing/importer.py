"""Publish the photos of an import as uploads are published: checked, cleaned and resized."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import BinaryIO

from app.domain.batches import MAX_POSITION, Batch
from app.domain.errors import (
    AlbumNotFound,
    Busy,
    EditConflict,
    InternalError,
    InvalidText,
    InvalidUpload,
    ObjectNotFound,
    PhotoNotFound,
)
from app.domain.photo_text import (
    MAX_ALT,
    MAX_DESCRIPTION,
    MAX_TITLE,
    clean_alt,
    clean_description,
    clean_title,
)
from app.domain.upload import KnownFacts, QuotaScope, UploadRequest, ValidatedText
from app.maintenance.importing.albums import ImportAlbums
from app.maintenance.importing.items import IMPORT_OWNER, PhotoFacts, PlannedPhoto, album_tags
from app.maintenance.importing.report import ImportReport, Note
from app.maintenance.importing.sidecar_files import PhotoFolder
from app.maintenance.importing.sources import ImportSource, facts_of
from app.maintenance.importing.texts import fit, fit_tags
from app.maintenance.progress import ProgressCallback, no_progress
from app.services.factory import Services

log = logging.getLogger(__name__)

# The value is the same in every run and for every folder, so each file makes one photo.
_UPLOAD_ID = "import"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """The options of an import.

    Args:
        has_albums: Whether photos are put into albums.
        has_album_tags: Whether the names of albums become tags.
        id_zone: Give photos ids of the time taken, by clocks in this time zone; None for ids of
            the time of the import.
    """

    has_albums: bool = False
    has_album_tags: bool = False
    id_zone: tzinfo | None = None


class Importer:
    """Publishes photos, which form one batch unless they have ids of the time taken."""

    def __init__(
        self,
        folder: PhotoFolder,
        source: ImportSource,
        services: Services,
        options: ImportOptions,
        report: ImportReport,
    ) -> None:
        self._folder = folder
        self._source = source
        self._uploads = services.uploads
        self._albums = ImportAlbums(services.albums) if options.has_albums else None
        self._options = options
        self._report = report
        self._batch = self._uploads.begin_batch()

    def add(
        self, planned: Sequence[PlannedPhoto], progress: ProgressCallback = no_progress
    ) -> None:
        """Publish photos, one after the other. Only a storage error ends the import."""
        for number, photo in enumerate(progress("imported", planned)):
            position = number % (MAX_POSITION + 1)
            if number and position == 0:  # the local catalog limits the photos of one second
                self._batch = self._uploads.begin_batch()
            self._add(photo, position)

    def _add(self, photo: PlannedPhoto, position: int) -> None:
        """Publish one photo unless the site has it, or add the reason to the report."""
        path = photo.found.file.path
        try:
            photo_id = photo.photo_id
            if photo_id is None:
                with self._folder.open(path) as file:
                    photo_id = self._publish(photo, file, self._batch, position)
        except (InvalidUpload, InvalidText, Busy, ObjectNotFound) as error:
            self._report.fail(path, error)
        except InternalError as error:
            log.exception("Importing %r failed", path)
            self._report.fail(path, error)
        except OSError as error:  # of this file; a storage error ends the import
            self._report.fail(path, error.strerror)
        else:
            self._add_to_albums(photo, photo_id)

    def _add_to_albums(self, photo: PlannedPhoto, photo_id: str) -> None:
        """Add a photo to its albums, also one that an interrupted import has left without them."""
        if self._albums is None:
            return
        try:
            self._albums.add(photo_id, photo.found.albums)
        except (InvalidText, PhotoNotFound, AlbumNotFound, Busy, EditConflict) as error:
            self._report.note(Note.NOT_IN_ALBUM, f"{photo.found.file.path}: {error}")

    def _publish(self, planned: PlannedPhoto, file: BinaryIO, batch: Batch, position: int) -> str:
        """Publish a photo and return its id."""
        found = planned.found
        path = found.file.path
        facts = facts_of(self._source, found, ImportReport())  # the plan noted the problems
        text, is_cut = _fit_text(facts)
        if is_cut:
            self._report.note(Note.SHORTENED, path)
        upload = self._upload_of(planned, facts, text, file, batch, position)
        photo = self._uploads.publish(upload).photo
        self._report.added += 1
        if photo.taken_at is None:
            self._report.note(Note.NO_DATE, path)
        return photo.photo_id

    def _upload_of(
        self,
        planned: PlannedPhoto,
        facts: PhotoFacts,
        text: ValidatedText,
        file: BinaryIO,
        batch: Batch,
        position: int,
    ) -> UploadRequest:
        return UploadRequest(
            file=file,
            filename=facts.filename or planned.found.file.name,
            text=text,
            owner=IMPORT_OWNER,
            upload_id=_UPLOAD_ID,
            quota_scope=QuotaScope.NONE,
            batch=batch,
            position=position,
            is_draft=planned.is_hidden or facts.is_hidden,
            credit=facts.license.validated(),
            known=self._known_facts(planned, facts),
        )

    def _known_facts(self, planned: PlannedPhoto, facts: PhotoFacts) -> KnownFacts:
        names = album_tags(planned.found.albums) if self._options.has_album_tags else ()
        tags, _ = fit_tags(names)
        return KnownFacts(
            tags=tags,
            credit=facts.credit,
            taken=facts.taken,
            overrides_date=facts.overrides_date,
            id_zone=self._options.id_zone,
        )


def _fit_text(facts: PhotoFacts) -> tuple[ValidatedText, bool]:
    """Return the text of a photo as it is stored, and whether something was too long."""
    title = fit(facts.title, clean_title, MAX_TITLE)
    description = fit(facts.description, clean_description, MAX_DESCRIPTION)
    alt = fit(facts.alt, clean_alt, MAX_ALT)
    tags = fit_tags(facts.tags)
    text: ValidatedText = {
        "title": title[0],
        "description": description[0],
        "tags": tags[0],
        "alt": alt[0],
        "contributor_name": "",
    }
    return text, any(is_cut for _, is_cut in (title, description, alt, tags))
