"""The orders of the gallery."""

from enum import StrEnum


class GalleryOrder(StrEnum):
    """What the photos of the gallery are ordered by, newest first."""

    ADDED = "added"  # the time of upload
    TAKEN = "taken"  # the date taken; photos without one have a page of their own
