"""Record how far an upload got, for the request log. A trace holds nothing about the visitor."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.errors import AlreadyPublished


class UploadStage(StrEnum):
    """The stages of an upload; docs/operations.md explains a failure of each one."""

    RECEIVE = "receive"
    TEXT = "text"
    QUOTA = "quota"
    DECODE = "decode"
    OBJECTS = "objects"
    SIDECAR = "sidecar"
    CATALOG = "catalog"


@dataclass(slots=True)
class UploadTrace:
    """The photos that a request tried to publish, and the first stage that failed."""

    photos: list[str] = field(default_factory=list)
    failed: UploadStage | None = None


_trace: ContextVar[UploadTrace | None] = ContextVar("trace", default=None)


def start_trace(trace: UploadTrace) -> None:
    """Record the stages of this context's uploads on `trace`."""
    _trace.set(trace)


def note_photo(photo_id: str) -> None:
    """Record that an upload is about to store a photo."""
    if trace := _trace.get():
        trace.photos.append(photo_id)


@contextmanager
def stage(name: UploadStage) -> Iterator[None]:
    """Record a failure of the block or the decorated function as a failure of this stage.

    AlreadyPublished is no failure: the upload then answers with the photo that exists.
    """
    try:
        yield
    except AlreadyPublished:
        raise
    except BaseException:
        _note_failure(name)
        raise


def _note_failure(name: UploadStage) -> None:
    trace = _trace.get()
    if trace and trace.failed is None:
        trace.failed = name
