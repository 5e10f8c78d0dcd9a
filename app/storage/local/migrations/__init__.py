"""Migrations of the catalog's SQLite file."""
