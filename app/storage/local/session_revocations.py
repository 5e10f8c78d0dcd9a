"""Keep revoked sessions, and the generations of contributors' cookies, in the catalog's file."""

import time
from pathlib import Path

from app.storage.local.sqlite_database import SqliteDatabase, opened


class SqliteSessionRevocations:
    """Implement SessionRevocations in a SQLite file."""

    def __init__(self, file: Path | SqliteDatabase) -> None:
        self._database = opened(file)

    def revoke(self, session_id: str, until: int) -> bool:
        """Revoke the session, and delete the revocations that have expired."""
        with self._database.transaction() as db:
            db.execute("DELETE FROM revoked_sessions WHERE expires_at < ?", (time.time(),))
            insert = "INSERT OR IGNORE INTO revoked_sessions VALUES (?, ?)"
            inserted = db.execute(insert, (session_id, until)).rowcount
        return inserted == 1

    def is_revoked(self, session_id: str) -> bool:
        """Return whether the session is revoked."""
        query = "SELECT 1 FROM revoked_sessions WHERE session_id = ?"
        return bool(self._database.read(query, session_id))

    def generation_of(self, owner: str) -> str | None:
        """Return the generation."""
        query = "SELECT generation FROM contributor_generations WHERE owner = ?"
        rows = self._database.read(query, owner)
        return str(rows[0][0]) if rows else None

    def set_generation(self, owner: str, generation: str) -> None:
        """Store the generation."""
        replace = "REPLACE INTO contributor_generations VALUES (?, ?)"
        with self._database.transaction() as db:
            db.execute(replace, (owner, generation))
