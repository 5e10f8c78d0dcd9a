"""The local storage backend: a folder and SQLite."""
