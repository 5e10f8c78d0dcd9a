"""Helpers for templates: texts, dates, image URLs."""
