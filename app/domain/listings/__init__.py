"""Entries of listings, and the names of those of the date archive."""
