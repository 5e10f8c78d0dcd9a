"""Limits of the requests that a process works on at the same time."""
