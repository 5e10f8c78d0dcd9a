"""The expected state of a photo in a history."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.photo_summary import PhotoState

TAGS = ("sea", "dusk", "café")


@dataclass(frozen=True)
class Model:
    """The expected state of a photo."""

    form: str
    title: str
    tags: tuple[str, ...]
    is_hidden: bool = False
    awaits_review: bool = False
    is_unlisted: bool = False
    deleted: datetime | None = None
    is_refused: bool = False
    owner_deleted: bool = False
    edits: int = 0
    edited_version: int = 1

    @property
    def state(self) -> PhotoState:
        """The state in which the photo is expected."""
        if self.deleted:
            return PhotoState.TRASHED
        if self.is_hidden:
            return PhotoState.HIDDEN
        if self.awaits_review:
            return PhotoState.PENDING
        return PhotoState.UNLISTED if self.is_unlisted else PhotoState.PUBLIC
