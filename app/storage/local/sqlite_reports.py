"""Keep open reports in the catalog's SQLite file."""

import json
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from app.domain.reports.report import MAX_OPEN, Report, ReportPage
from app.storage.local.sqlite_database import SqliteDatabase, opened

_AFTER_EVERY_ID = "~"


class SqliteReports:
    """Implement ReportStore in a SQLite file."""

    def __init__(self, file: Path | SqliteDatabase) -> None:
        self._database = opened(file)

    def add(self, report: Report) -> bool:
        """Store the report, and delete those that have expired."""
        query = "SELECT record FROM reports WHERE photo_id = ?"
        row = (report.report_id, report.photo_id, report.expires_at, json.dumps(report.to_dict()))
        with self._database.transaction() as db:
            db.execute("DELETE FROM reports WHERE expires_at < ?", (time.time(),))
            found = [_report_of(record) for (record,) in db.execute(query, (report.photo_id,))]
            if any(report.says_the_same_as(other) for other in found):
                return True
            if len(found) >= MAX_OPEN:
                return False
            db.execute("INSERT INTO reports VALUES (?, ?, ?, ?)", row)
        return True

    def get(self, report_id: str) -> Report | None:
        """Return the report."""
        query = "SELECT record FROM reports WHERE report_id = ?"
        rows = self._database.read(query, report_id)
        return _report_of(rows[0][0]) if rows else None

    def page(self, limit: int, now: int, *, before: str | None = None) -> ReportPage:
        """Return one page."""
        query = """
            SELECT record FROM reports WHERE report_id < ? AND expires_at > ?
            ORDER BY report_id DESC LIMIT ?
        """
        rows = self._database.read(query, before or _AFTER_EVERY_ID, now, limit + 1)
        reports = tuple(_report_of(record) for (record,) in rows[:limit])
        return ReportPage(reports, reports[-1].report_id if len(rows) > limit else None)

    def of_photo(self, photo_id: str) -> Sequence[str]:
        """Return the ids of the reports of a photo."""
        query = "SELECT report_id FROM reports WHERE photo_id = ?"
        return [report_id for (report_id,) in self._database.read(query, photo_id)]

    def close(self, report_ids: Iterable[str]) -> None:
        """Delete the reports."""
        rows = [(report_id,) for report_id in report_ids]
        with self._database.transaction() as db:
            db.executemany("DELETE FROM reports WHERE report_id = ?", rows)
        self._database.truncate_log()


def _report_of(record: str) -> Report:
    return Report.from_dict(json.loads(record))
