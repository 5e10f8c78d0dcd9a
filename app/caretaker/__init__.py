"""What keeps a collection whole: check, repair, rebuild, audit, export, import."""

from app.caretaker.album import write_album
from app.caretaker.auditing import audit, damaged
from app.caretaker.checking import Check, stale_records
from app.caretaker.exporting import Exported, export
from app.caretaker.findings import UPLOADING, Finding, Kind
from app.caretaker.importing import IMPORTER, Imported, files_in, import_file
from app.caretaker.putting_back import Effect, PutBack, has_records, put_back
from app.caretaker.repairing import Repair, Step
from app.caretaker.together import Watch

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
