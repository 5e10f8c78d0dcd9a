"""Keep access tokens in the catalog's SQLite file."""

import json
from collections.abc import Sequence
from pathlib import Path

from app.domain.tokens.access_token import MAX_TOKENS, AccessToken
from app.storage.local.sqlite_database import SqliteDatabase, opened


class SqliteTokens:
    """Implement TokenStore in a SQLite file."""

    def __init__(self, file: Path | SqliteDatabase) -> None:
        self._database = opened(file)

    def add(self, token: AccessToken) -> None:
        """Store the token."""
        row = (token.secret_hash, json.dumps(token.to_dict()))
        with self._database.transaction() as db:
            db.execute("REPLACE INTO access_tokens VALUES (?, ?)", row)

    def get(self, secret_hash: str) -> AccessToken | None:
        """Return the token."""
        query = "SELECT record FROM access_tokens WHERE secret_hash = ?"
        rows = self._database.read(query, secret_hash)
        return _token_of(rows[0][0]) if rows else None

    def all(self) -> Sequence[AccessToken]:
        """Return the tokens."""
        query = "SELECT record FROM access_tokens ORDER BY secret_hash LIMIT ?"
        return [_token_of(record) for (record,) in self._database.read(query, MAX_TOKENS)]

    def revoke(self, secret_hash: str) -> None:
        """Delete the token."""
        with self._database.transaction() as db:
            db.execute("DELETE FROM access_tokens WHERE secret_hash = ?", (secret_hash,))
        self._database.truncate_log()


def _token_of(record: str) -> AccessToken:
    return AccessToken.from_dict(json.loads(record))
