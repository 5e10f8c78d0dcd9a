"""Maintenance of a site: check, repair, rebuild, audit, export, import."""

from app.maintenance.albums.export_albums import export_albums
from app.maintenance.albums.rebuild_albums import import_albums, rebuild_albums
from app.maintenance.decode_check import PHOTOS_AT_ONCE, find_undecodable
from app.maintenance.export import ExportResult, export
from app.maintenance.findings import UPLOAD_GRACE, Finding, FindingKind
from app.maintenance.importing.importer import Importer, ImportOptions
from app.maintenance.importing.inventory import MAX_FOLDER_ENTRIES
from app.maintenance.importing.items import IMPORT_OWNER, FoundPhoto
from app.maintenance.importing.plan import ImportPlan
from app.maintenance.importing.report import ImportReport, Note
from app.maintenance.importing.sources import SourceKind, SourceOptions, open_source
from app.maintenance.integrity_check import IntegrityCheck
from app.maintenance.operations.old_keys import (
    migrate_keys,
    require_current_export,
    require_current_keys,
    require_export,
)
from app.maintenance.privacy_audit import clean_object, scan_objects
from app.maintenance.progress import ProgressCallback
from app.maintenance.rebuild import (
    RebuildOutcome,
    RebuildResult,
    import_export,
    rebuild_photos,
)
from app.maintenance.repair import Repair
from app.maintenance.repair_action import RepairAction
from app.maintenance.sidecars import find_stale_sidecars
from app.maintenance.static_gallery import ExportPage, write_static_gallery

__all__ = [
    "IMPORT_OWNER",
    "MAX_FOLDER_ENTRIES",
    "PHOTOS_AT_ONCE",
    "UPLOAD_GRACE",
    "ExportPage",
    "ExportResult",
    "Finding",
    "FindingKind",
    "FoundPhoto",
    "ImportOptions",
    "ImportPlan",
    "ImportReport",
    "Importer",
    "IntegrityCheck",
    "Note",
    "ProgressCallback",
    "RebuildOutcome",
    "RebuildResult",
    "Repair",
    "RepairAction",
    "SourceKind",
    "SourceOptions",
    "clean_object",
    "export",
    "export_albums",
    "find_stale_sidecars",
    "find_undecodable",
    "import_albums",
    "import_export",
    "migrate_keys",
    "open_source",
    "rebuild_albums",
    "rebuild_photos",
    "require_current_export",
    "require_current_keys",
    "require_export",
    "scan_objects",
    "write_static_gallery",
]
