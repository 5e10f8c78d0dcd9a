"""Access tokens in SQLite."""
