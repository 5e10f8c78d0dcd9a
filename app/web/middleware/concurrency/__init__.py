"""Limit the requests that a process handles at the same time."""
