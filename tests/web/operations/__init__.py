"""Tests of the log and the status, which operators see."""
