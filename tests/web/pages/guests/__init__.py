"""Tests of the pages of guest links."""
