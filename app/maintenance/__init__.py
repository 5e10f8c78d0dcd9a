"""What keeps a collection whole: check, repair, rebuild, audit, export, import."""

from app.maintenance.concurrency import Watch
from app.maintenance.content_check import audit, damaged
from app.maintenance.export import Exported, export
from app.maintenance.findings import UPLOADING, Finding, Kind
from app.maintenance.import_folder import IMPORTER, Imported, files_in, import_file
from app.maintenance.integrity_check import Check, stale_records
from app.maintenance.repair import Repair, Step
from app.maintenance.restore import Effect, PutBack, has_records, put_back
from app.maintenance.static_gallery import write_album

__all__ = [
    "IMPORTER",
    "UPLOADING",
    "Check",
    "Effect",
    "Exported",
    "Finding",
    "Imported",
    "Kind",
    "PutBack",
    "Repair",
    "Step",
    "Watch",
    "audit",
    "damaged",
    "export",
    "files_in",
    "has_records",
    "import_file",
    "put_back",
    "stale_records",
    "write_album",
]
