"""Versions of records, by which an edit finds out that another one came first."""
