"""Changes during a check are no damage.

Covers app.maintenance.integrity_check, app.maintenance.concurrency, app.maintenance.snapshot.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from unittest import mock

import pytest
from flask import Flask

from app.domain import object_keys
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, Role
from app.domain.upload import PhotoText
from app.services.leases import Leases
from app.services.photo_service import PhotoService
from tests.backends import Backend, make_photo
from tests.cli.test_cli import run
from tests.maintenance.checks.findings import found
from tests.maintenance.conftest import add, publish, upload


def test_upload_in_progress_is_no_finding(backend: Backend) -> None:
    """Objects without a record are orphaned only after the upload grace period."""
    key = object_keys.rendition(make_photo().photo_id, 320)
    backend.objects.put(key, b"being uploaded")
    assert found(backend) == set()
    assert found(backend, upload_grace=timedelta(0)) == {("orphaned object", key)}


def test_deletion_in_progress_is_no_finding(backend: Backend) -> None:
    """A photo with a valid lease is no finding unless the site is stopped."""
    photo = add(backend)
    moving = photo.next_version(
        state=PhotoState.TRASHED, expires_at=2_000_000_000, lease_expires_at=4_000_000_000
    )
    backend.catalog.update(photo, moving)
    assert found(backend) == set()
    assert found(backend, upload_grace=timedelta(0)) == {("incomplete move", photo.photo_id)}


def test_changes_during_the_check_are_not_reported(
    backend: Backend, service: PhotoService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Changes between any two reads of a check are not reported."""
    photos = [add(backend, tags="sea") for _ in range(4)]
    service.delete(photos[3].photo_id)
    changes: list[Callable[[], object]] = [
        lambda: publish(backend, upload(tags="sea")),
        lambda: service.update(photos[0].photo_id, 1, PhotoText(title="New", tags="dusk")),
        lambda: service.delete(photos[1].photo_id),
        lambda: service.restore(photos[3].photo_id),
        lambda: service.update(photos[0].photo_id, 2, PhotoText(title="Newer", tags="sea")),
        lambda: service.restore(photos[1].photo_id),
    ]

    def meddled(real: Callable[..., Iterator[object]]) -> Callable[..., Iterator[object]]:
        def read(*arguments: object) -> Iterator[object]:
            for item in list(real(*arguments)):
                if changes:
                    changes.pop(0)()
                yield item

        return read

    with monkeypatch.context() as patch:
        for part, name in (
            (backend.objects, "list"),
            (backend.catalog, "listings"),
            (backend.catalog, "photos"),
        ):
            patch.setattr(part, name, meddled(getattr(part, name)))
        assert found(backend, sidecars=True) == set()
    assert changes == []


@pytest.mark.parametrize("verb", ["hide", "delete"])
def test_a_move_that_only_lacks_its_end_is_found_and_completed(
    app: Flask, backend: Backend, service: PhotoService, verb: str
) -> None:
    """All objects are where they should be, but the record still has a lease."""
    photo = add(backend)
    with mock.patch.object(Leases, "end"):
        getattr(service, verb)(photo.photo_id, Role.ADMIN)
    assert found(backend, upload_grace=timedelta(0)) == {("incomplete move", photo.photo_id)}
    assert run(app, "check", "--stopped").exit_code == 1
    assert "1 repaired" in run(app, "repair", "--apply", "--stopped").output
    assert run(app, "check", "--sidecars", "--stopped").exit_code == 0
    assert backend.catalog.get(photo.photo_id).lease_expires_at is None


def test_recheck_drops_findings_that_disappear(backend: Backend, service: PhotoService) -> None:
    """Findings that a change could explain are reported only if the recheck repeats them."""
    passing, lasting, lost = (add(backend) for _ in range(3))
    for photo in (passing, lasting):
        backend.catalog.update(
            photo,
            photo.next_version(
                state=PhotoState.TRASHED, expires_at=2_000_000_000, lease_expires_at=1
            ),
        )
    backend.objects.delete([lost.object_keys[0]])
    waited = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        service.delete(passing.photo_id)

    findings = found(backend, recheck_after=30.0, sleep=sleep)
    assert findings == {
        ("incomplete move", lasting.photo_id),
        ("missing object", lost.object_keys[0]),
    }
    assert waited == [30.0]


def test_check_does_not_wait_if_there_is_nothing_to_recheck(
    backend: Backend, collection: list[Photo]
) -> None:
    """A check without findings to recheck does not sleep."""
    assert found(backend, recheck_after=30.0, sleep=lambda _: pytest.fail("it waits")) == set()
