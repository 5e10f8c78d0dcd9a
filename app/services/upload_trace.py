"""How far an upload has got, noted on the way for whoever reads the log. Nothing of it tells who sent what."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.errors import AlreadyPublished


class UploadStage(StrEnum):
    """What an upload goes through; docs/operations.md says what it means that one failed."""

    RECEIVE = "receive"
    WORDS = "words"
    QUOTA = "quota"
    DECODE = "decode"
    OBJECTS = "objects"
    RECORD = "record"
    CATALOG = "catalog"


@dataclass(slots=True)
class UploadTrace:
    """The photos that were made or should have been, and the first step that failed."""

    photos: list[str] = field(default_factory=list)
    failed: UploadStage | None = None


_trace: ContextVar[UploadTrace | None] = ContextVar("trail", default=None)


def start_trace(trace: UploadTrace) -> None:
    """Note on `trail` what happens in this context from now on."""
    _trace.set(trace)


def note_photo(photo_id: str) -> None:
    """Note that a photo is being made."""
    if trace := _trace.get():
        trace.photos.append(photo_id)


@contextmanager
def stage(name: UploadStage) -> Iterator[None]:
    """Note it when the block fails; a photo that is there already is no failure."""
    try:
        yield
    except AlreadyPublished:
        raise
    except BaseException:
        if (trace := _trace.get()) and trace.failed is None:
            trace.failed = name
        raise
