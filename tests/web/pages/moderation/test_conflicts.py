"""Changes of a photo at the same time: the admin decides, and the others read of the conflict."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from app.domain.errors import EditConflict
from app.domain.photo import Photo
from app.domain.photo_summary import Role
from app.services import leases
from app.services.leases import Leases
from app.services.photo_service import PhotoService
from tests.backends import Backend
from tests.visitor import Visitor


@pytest.mark.parametrize("verb", ["hide", "unhide", "delete", "restore", "purge"])
def test_a_conflict_says_what_to_do(
    visitor: Visitor,
    backend: Backend,
    service: PhotoService,
    photo: Photo,
    monkeypatch: pytest.MonkeyPatch,
    verb: str,
) -> None:
    """There is no form to save again, so the message names none."""
    if verb == "unhide":
        service.hide(photo.photo_id, Role.CONTRIBUTOR)
    elif verb in {"restore", "purge"}:
        service.delete(photo.photo_id)
    fields = {"csrf_token": visitor.fields("/upload")["csrf_token"]}

    def conflict(before: Photo, _after: Photo) -> None:
        raise EditConflict(before.photo_id)

    with monkeypatch.context() as broken:
        broken.setattr(backend.catalog, "update", conflict)
        answer = visitor.post(f"/photos/{photo.photo_id}/{verb}", fields)
    assert answer.status_code == 409
    assert "Someone else changed this photo at the same time. Check it, then try again." in (
        answer.text
    )
    assert "save" not in answer.text


def before_call(
    monkeypatch: pytest.MonkeyPatch, part: object, name: str, n: int, act: Callable[[], object]
) -> None:
    """Let someone else act just before the nth call of a method."""
    real: Callable[..., object] = getattr(part, name)
    calls = 0

    def call(*arguments: object, **options: object) -> object:
        nonlocal calls
        calls += 1
        if calls == n:
            act()
        return real(*arguments, **options)

    monkeypatch.setattr(part, name, call)


@pytest.mark.parametrize(
    ("method", "n", "is_moving"),
    [
        ("get", 1, False),
        ("get", 2, False),
        ("update", 1, False),
        ("get", 1, True),
        ("get", 2, True),
        ("get", 3, True),
    ],
)
@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("delete", "/photos/{}/restore"),
        ("delete", "/photos/select/restore?in=deleted"),
        ("delete", "/photos/{}/purge"),
        ("hide", "/photos/{}/unhide"),
    ],
)
def test_the_uploader_undoes_no_decision_that_the_admin_makes_at_the_same_time(
    visitor: Visitor,
    backend: Backend,
    service: PhotoService,
    photo: Photo,
    monkeypatch: pytest.MonkeyPatch,
    verb: str,
    path: str,
    method: str,
    n: int,
    *,
    is_moving: bool,
) -> None:
    """At whatever moment the admin hides or deletes the photo, the uploader gets 403."""
    photo_id = photo.photo_id
    change = getattr(service, verb)
    taken_off = change(photo_id, Role.CONTRIBUTOR)
    all_leases = Leases(backend.catalog, lambda: datetime.now(UTC))
    if is_moving:
        taken_off = all_leases.acquire(taken_off)
    acted: list[Photo] = []

    def act() -> None:
        if is_moving:
            all_leases.end(taken_off, taken_off.next_version(lease_expires_at=None))
        acted.append(change(photo_id, Role.ADMIN))

    monkeypatch.setattr(leases, "_POLL_SECONDS", 0)
    fields = {"csrf_token": visitor.fields("/upload")["csrf_token"], "photo": photo_id}
    with monkeypatch.context() as racing:
        before_call(racing, backend.catalog, method, n, act)
        answer = visitor.post(path.format(photo_id), fields)
    assert acted
    assert answer.status_code == 403
    assert service.get_any_state(photo_id) == acted[0]
