"""Publish the photos of an import as uploads are published: checked, cleaned and resized."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import BinaryIO

from app.domain.batches import MAX_POSITION, Batch
from app.domain.errors import Busy, InternalError, InvalidText, InvalidUpload, ObjectNotFound
from app.domain.upload import KnownFacts, QuotaScope, UploadRequest
from app.maintenance.importing.items import PhotoFacts, PlannedPhoto, album_tags
from app.maintenance.importing.report import ImportReport, Note
from app.maintenance.importing.sidecar_files import PhotoFolder
from app.maintenance.importing.sources import ImportSource, facts_of
from app.maintenance.importing.texts import fit_tags, fit_text
from app.maintenance.progress import ProgressCallback, no_progress
from app.services.upload_service import UploadService

log = logging.getLogger(__name__)

# The owner of imported photos. No browser has this id, so only the admin can change them.
IMPORT_OWNER = hashlib.sha256(b"import").hexdigest()[:32]
# The same in every run and for every folder: a file is one photo, wherever it is found.
_UPLOAD_ID = "import"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """The options of an import.

    Args:
        has_album_tags: Whether the names of albums become tags.
        id_zone: Give photos ids of the time taken, by clocks in this time zone; None for ids of
            the time of the import.
    """

    has_album_tags: bool = False
    id_zone: tzinfo | None = None


class Importer:
    """Publishes photos, which form one batch unless they have ids of the time taken."""

    def __init__(
        self,
        folder: PhotoFolder,
        source: ImportSource,
        uploads: UploadService,
        options: ImportOptions,
        report: ImportReport,
    ) -> None:
        self._folder = folder
        self._source = source
        self._uploads = uploads
        self._options = options
        self._report = report
        self._batch = uploads.begin_batch()

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
        """Publish one photo, or add the reason to the report."""
        path = photo.found.file.path
        try:
            with self._folder.open(path) as file:
                self._publish(photo, file, self._batch, position)
        except (InvalidUpload, InvalidText, Busy, ObjectNotFound) as error:
            self._report.fail(path, error)
        except InternalError as error:
            log.exception("Importing %r failed", path)
            self._report.fail(path, error)
        except OSError as error:  # of this file; a storage error ends the import
            self._report.fail(path, error.strerror)

    def _publish(self, planned: PlannedPhoto, file: BinaryIO, batch: Batch, position: int) -> None:
        found = planned.found
        path = found.file.path
        facts = facts_of(self._source, found, ImportReport())  # the plan noted the problems
        text, is_cut = fit_text(facts)
        if is_cut:
            self._report.note(Note.SHORTENED, path)
        upload = UploadRequest(
            file=file,
            filename=facts.filename or found.file.name,
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
        photo = self._uploads.publish(upload).photo
        self._report.added += 1
        if photo.taken_at is None:
            self._report.note(Note.NO_DATE, path)

    def _known_facts(self, planned: PlannedPhoto, facts: PhotoFacts) -> KnownFacts:
        names = album_tags(planned.found.albums) if self._options.has_album_tags else ()
        tags, _ = fit_tags(names)
        return KnownFacts(
            tags=tags,
            credit=facts.credit,
            taken_at=facts.taken_at,
            overrides_date=facts.overrides_date,
            id_zone=self._options.id_zone,
        )
