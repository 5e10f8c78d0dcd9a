"""Port of the storage that reads about tags."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from app.domain.photo_summary import PhotoSummary


class TagReader(Protocol):
    """Reads about single tags. Raises StorageUnavailable and StorageRefused as ObjectStore does.

    The last changes may be missing for a moment.
    """

    def count(self, tag: str) -> int:
        """Return the number of public photos that have the tag, with one or two reads."""

    def covers(self, tags: Sequence[str]) -> Mapping[str, PhotoSummary]:
        """Return for each tag that has any one of its newest photos: see `choose_covers`.

        Only photos that are public and have the tag when this is called. A photo that got the tag
        in the last minute may be missing.
        """
