"""Passwords, sessions, the contributor cookie, and the decision who may do what."""
