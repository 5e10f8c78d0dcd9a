"""Tests of the status of the site."""
