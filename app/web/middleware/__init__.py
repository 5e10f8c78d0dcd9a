"""Hooks and WSGI middleware that run around every request."""
