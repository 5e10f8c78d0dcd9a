"""Tests of rebuilding the catalog from sidecars.

Covers app.maintenance.sidecars.
"""

import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import object_keys
from app.domain.errors import PhotoNotFound
from app.domain.photo import Photo
from app.domain.photo_ids import MIN_ID
from app.domain.photo_summary import Role
from app.domain.upload import PhotoText
from app.maintenance import IntegrityCheck, RebuildOutcome, rebuild_photos
from app.services.photo_objects import PhotoObjects
from app.services.photo_service import PhotoService
from app.storage.local.sqlite import SqliteCatalog
from tests.backends import Backend, local_backend
from tests.cli.test_cli import run
from tests.maintenance.conftest import add, contents, plain_service, publish, upload

Lose = Callable[[], None]


def test_rebuild_restores_the_catalog_from_the_bucket(
    app: Flask, backend: Backend, collection: list[Photo], lose_catalog: Lose
) -> None:
    """A rebuild restores every record, listing and count; a second one changes nothing."""
    before = contents(backend)
    lose_catalog()
    assert run(app, "rebuild").output.startswith("6 added")
    assert list(backend.catalog.photos()) == []
    rebuilt = run(app, "rebuild", "--apply")
    assert rebuilt.output == "6 added, 0 updated, 0 completed, 0 unchanged, 0 expired, 0 skipped.\n"
    assert rebuilt.exit_code == 0
    assert contents(backend) == before
    assert "0 added, 0 updated, 0 completed, 6 unchanged" in run(app, "rebuild", "--apply").output
    assert "No problems found." in run(app, "check", "--sidecars", "--stopped").output


def test_a_form_sent_again_after_a_rebuild(backend: Backend, lose_catalog: Lose) -> None:
    """A form that is sent again after a rebuild returns its earlier photo."""
    photo = publish(backend, upload("one form"))
    lose_catalog()
    list(rebuild_photos(backend))
    assert publish(backend, upload("one form")) == photo
    assert [result.outcome for result in rebuild_photos(backend)] == [RebuildOutcome.UNCHANGED]


def test_a_rebuild_that_is_broken_off_goes_on(
    backend: Backend, collection: list[Photo], lose_catalog: Lose
) -> None:
    """A second rebuild continues an interrupted one."""
    before = contents(backend)
    lose_catalog()
    outcomes = rebuild_photos(backend)
    for _ in range(3):
        next(outcomes)
    effects = [result.outcome for result in rebuild_photos(backend)]
    assert effects == [RebuildOutcome.UNCHANGED] * 3 + [RebuildOutcome.ADDED] * 3
    assert contents(backend) == before


def test_objects_of_no_photo_are_left_out(
    backend: Backend, collection: list[Photo], lose_catalog: Lose
) -> None:
    """Each photo comes once and with all of its objects, wherever such keys are in between."""
    before = contents(backend)
    lose_catalog()
    strange = ("A/notes.json", f"A/{MIN_ID}/320.jpg", f"H/{MIN_ID}.json", "Z/z/z.jpg", "notes.json")
    for prefix in object_keys.PREFIXES:
        for name in strange:
            backend.objects.put(prefix + name, b"{}")
    outcomes = [result.outcome for result in rebuild_photos(backend)]
    assert outcomes == [RebuildOutcome.ADDED] * len(collection)
    backend.objects.delete([prefix + name for prefix in object_keys.PREFIXES for name in strange])
    assert contents(backend) == before


def test_a_newer_record_in_the_catalog_stays(service: PhotoService, backend: Backend) -> None:
    """A record that is newer than its sidecar stays unchanged."""
    photo = add(backend)
    edited = photo.next_version(title="Newer")
    backend.catalog.update(photo, edited)
    assert [result.outcome for result in rebuild_photos(backend)] == [RebuildOutcome.UNCHANGED]
    assert service.get(photo.photo_id) == edited


def test_an_older_catalog_is_brought_up_to_date(
    service: PhotoService, backend: Backend, lose_catalog: Lose
) -> None:
    """A rebuild repeats edits and deletions that an old backup of the tables lacks."""
    edited, deleted = add(backend, tags="sea"), add(backend, tags="sea")
    service.update(edited.photo_id, 1, PhotoText(title="New", tags="dusk"))
    service.delete(deleted.photo_id)
    before = contents(backend)
    lose_catalog()
    for earlier in (edited, deleted):
        backend.catalog.publish(earlier)
    assert {result.outcome for result in rebuild_photos(backend)} == {RebuildOutcome.UPDATED}
    assert contents(backend) == before


def test_rebuild_skips_incomplete_photos(app: Flask, backend: Backend, lose_catalog: Lose) -> None:
    """A photo with a missing object or a damaged sidecar is skipped."""
    broken, unreadable, whole = (add(backend) for _ in range(3))
    lose_catalog()
    backend.objects.delete([broken.object_keys[0]])
    backend.objects.put(object_keys.sidecar(unreadable.photo_id), b"{")
    rebuilt = run(app, "rebuild", "--apply")
    assert rebuilt.exit_code == 1
    assert f"{broken.photo_id} skipped: missing {broken.object_keys[0]}" in rebuilt.output
    assert f"{unreadable.photo_id} skipped: its sidecar is damaged" in rebuilt.output
    assert list(backend.catalog.photos()) == [whole]


def test_rebuild_skips_expired_photos(
    service: PhotoService, backend: Backend, lose_catalog: Lose
) -> None:
    """A rebuild does not add photos whose retention in the trash has expired."""
    photo = service.delete(add(backend).photo_id)
    expired = photo.next_version(expires_at=1_000_000_000)
    backend.catalog.update(photo, expired)
    PhotoObjects(backend.objects).put_sidecar(expired)
    lose_catalog()
    assert [result.outcome for result in rebuild_photos(backend)] == [RebuildOutcome.EXPIRED]
    with pytest.raises(PhotoNotFound):
        service.get_any_state(photo.photo_id)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "edit", "hide", "unhide", "delete", "restore"]),
        st.integers(0, 9),
        st.integers(0, 3),
    ),
    max_size=25,
)


@given(steps=STEPS)
@settings(max_examples=25)
def test_rebuild_restores_any_history(steps: list[tuple[str, int, int]]) -> None:
    """After any history of changes the rebuilt catalog equals the lost one."""
    with tempfile.TemporaryDirectory() as folder:
        backend = local_backend(Path(folder))
        ids: list[str] = []
        for step, which, tags in steps:
            with suppress(PhotoNotFound, ZeroDivisionError):
                _do(backend, ids, step, which, "sea, dusk, land, night"[: tags * 6])
        before = contents(backend)
        assert isinstance(backend.catalog, SqliteCatalog)
        backend.catalog.close()
        for path in Path(folder).glob("catalog.sqlite3*"):
            path.unlink()
        list(rebuild_photos(backend))
        assert contents(backend) == before
        assert list(IntegrityCheck(backend, sidecars=True)) == []
        backend.catalog.close()


def _do(backend: Backend, ids: list[str], step: str, which: int, tags: str) -> None:
    if step == "add":
        ids.append(add(backend, tags=tags).photo_id)
        return
    service = plain_service(backend)
    photo_id = ids[which % len(ids)]
    if step == "edit":
        service.update(
            photo_id, service.get(photo_id).version, PhotoText(title=f"Title {which}", tags=tags)
        )
    elif step == "hide":
        service.hide(photo_id, Role.CONTRIBUTOR)
    elif step == "unhide":
        service.unhide(photo_id)
    else:
        (service.delete if step == "delete" else service.restore)(photo_id)
