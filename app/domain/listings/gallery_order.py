"""The orders of the gallery."""

from enum import StrEnum


class GalleryOrder(StrEnum):
    """The time by which the photos of the gallery are ordered, newest first."""

    ADDED = "added"  # the time of upload
    TAKEN = "taken"  # the date taken; photos without one have a page of their own
