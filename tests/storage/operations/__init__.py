"""Tests of the results of maintenance."""
