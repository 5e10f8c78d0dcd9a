"""Reads listings whose positions are not photo ids."""
