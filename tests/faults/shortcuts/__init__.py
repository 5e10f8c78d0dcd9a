"""Shortcuts that make the fault tests cheap, with the same results."""
