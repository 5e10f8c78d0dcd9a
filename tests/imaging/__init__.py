"""Imaging: one file in, a verified, cleaned and scaled photo out."""
