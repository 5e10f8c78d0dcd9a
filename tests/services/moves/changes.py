"""Hide, delete and restore a photo, also while another request does."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from app.domain import object_keys
from app.domain.photo import Photo
from app.domain.photo_summary import Role
from app.services import leases
from app.services.photo_service import PhotoService
from tests.backends import Backend


class Clock:
    def __init__(self) -> None:
        self.time = datetime(2026, 11, 23, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time


def before(
    monkeypatch: pytest.MonkeyPatch, part: object, name: str, act: Callable[[], object]
) -> None:
    """Let another request act just before the first call of a method."""
    real: Callable[..., object] = getattr(part, name)
    pending = [act]

    def call(*args: object, **options: object) -> object:
        if pending:
            pending.pop()()
        return real(*args, **options)

    monkeypatch.setattr(part, name, call)


@contextmanager
def second_request(
    monkeypatch: pytest.MonkeyPatch, part: object, name: str, act: Callable[[], object]
) -> Iterator[None]:
    """Act in another thread, which waits for the lease before the first call of a method ends."""
    waits = threading.Event()
    second = threading.Thread(target=act)

    def sleep(seconds: float) -> None:
        waits.set()
        time.sleep(seconds)

    def start() -> None:
        second.start()
        assert waits.wait(timeout=60)

    monkeypatch.setattr(leases, "time", SimpleNamespace(sleep=sleep))
    monkeypatch.setattr(leases, "_POLL_SECONDS", 0.05)
    monkeypatch.setattr(leases, "_POLLS", 1_000)  # a busy machine is slow
    before(monkeypatch, part, name, start)
    yield
    second.join(timeout=60)


def is_whole(backend: Backend, photo: Photo) -> bool:
    """Whether the photo is listed with all of its objects, or unlisted with none of them public."""
    present = [backend.objects.exists(key) for key in photo.object_keys]
    listed = photo.photo_id in {
        summary.photo_id
        for summary in backend.catalog.page(object_keys.PUBLIC_LISTING, 10).summaries
    }
    return all(present) if listed else not any(present)


TAKE_OFF = ["hide", "delete"]


def take_off(service: PhotoService, verb: str, photo: Photo, by: Role = Role.ADMIN) -> Photo:
    changed: Photo = getattr(service, verb)(photo.photo_id, by)
    return changed


def bring_back(service: PhotoService, verb: str, photo: Photo) -> Photo:
    undo = service.restore if verb == "delete" else service.unhide
    return undo(photo.photo_id, Role.ADMIN)
