"""Tests of the date archive."""
