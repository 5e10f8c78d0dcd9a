"""Measure the image pipeline beside its peers, and the renditions that it makes."""
