"""A check names every kind of damage.

Covers app.maintenance.integrity_check, app.maintenance.counter_checks,
app.maintenance.diagnosis, app.maintenance.entries.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from app.domain import object_keys, usage
from app.domain.listings.entries import plain_keys
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, Role
from app.domain.upload import PhotoText
from app.domain.usage import Usage, day_counter
from app.services.photo_objects import PhotoObjects
from app.services.photo_service import PhotoService
from tests.backends import Backend, make_photo
from tests.maintenance.checks.findings import found
from tests.maintenance.conftest import add, lose_record

OLD_ID = "01ARZ3NDEKTSV4RRFFQ69G5FAV"  # of 2016


def test_every_kind_of_damage_is_named(backend: Backend, collection: list[Photo]) -> None:
    """Each problem is reported once, with its kind and its location."""
    small, listed, torn, recordless = (collection[n] for n in (0, 1, 3, 4))
    trashed = collection[2]
    backend.objects.delete(
        [
            small.object_keys[0],
            trashed.stored_keys[1],
            object_keys.sidecar(recordless.photo_id),
        ]
    )
    backend.objects.put(torn.object_keys[-1], b"cut")
    backend.objects.put(object_keys.rendition(OLD_ID, 320), b"an orphan")
    backend.objects.put("photos/notes.json", b"no photo's")
    backend.catalog.sync_listings(listed.photo_id, listed, [])
    hidden = replace(listed, state=PhotoState.HIDDEN)
    backend.catalog.sync_listings(listed.photo_id, hidden, plain_keys(listed.photo_id, ["public"]))
    alien = replace(listed, tags=("alien",))
    backend.catalog.sync_listings(
        listed.photo_id, alien, plain_keys(listed.photo_id, ["tag:alien"])
    )
    backend.catalog.sync_listings(OLD_ID, None, [])
    backend.catalog.compare_and_set_tag_count("dusk", 2, 7)
    day = Usage(
        day_counter(small.uploaded_at.date()),
        5,
        sum(photo.bytes for photo in collection if photo != trashed),
    )
    backend.catalog.compare_and_set_usage(day, replace(day, photos=9))
    assert found(backend) == {
        ("missing object", small.object_keys[0]),
        ("missing object", trashed.stored_keys[1]),
        ("wrong size", f"{torn.object_keys[-1]}: 3 bytes, expected {torn.bytes}"),
        ("orphaned object", object_keys.rendition(OLD_ID, 320)),
        ("orphaned object", "photos/notes.json"),
        ("stale sidecar", f"{object_keys.sidecar(recordless.photo_id)} (missing)"),
        ("listing mismatch", f"{listed.photo_id} in public"),
        ("listing mismatch", f"{listed.photo_id} in tag:alien"),
        ("tag count mismatch", "dusk: count is 7, listing has 2 photos"),
        (
            "usage count mismatch",
            (
                f"{day.counter}: counter is 9 photos and {day.bytes} bytes, "
                f"records have 5 photos and {day.bytes} bytes"
            ),
        ),
    }


def test_listings_of_no_photo_are_named(backend: Backend) -> None:
    """A listing entry without a record is reported, and so are its wrong usage counters."""
    photo = make_photo(photo_id=OLD_ID)
    backend.catalog.import_photo(photo)
    lose_record(backend, photo)
    findings = found(backend)
    listed = {what for kind, what in findings if kind == "orphaned listing entry"}
    entries = backend.catalog.entries_of(photo)
    assert listed == {str(entry.key) for entry in entries}
    stored = f"counter is 1 photos and {photo.bytes} bytes"
    counted = f"{stored}, records have 0 photos and 0 bytes"
    assert findings - {("orphaned listing entry", what) for what in listed} == {
        ("usage count mismatch", f"{account}: {counted}") for account in usage.counters_of(photo)
    }


def test_incomplete_deletion_is_reported(backend: Backend) -> None:
    """A trashed photo with public objects is an incomplete move."""
    photo = add(backend)
    backend.catalog.update(
        photo, photo.next_version(state=PhotoState.TRASHED, expires_at=2_000_000_000)
    )
    assert found(backend) == {("incomplete move", photo.photo_id)}


def test_objects_of_a_hidden_photo_are_checked(backend: Backend, service: PhotoService) -> None:
    """A missing, a public and an unknown object are findings."""
    lost, public, more = (service.hide(add(backend).photo_id, Role.ADMIN) for _ in range(3))
    assert found(backend, sidecars=True) == set()
    backend.objects.delete(lost.stored_keys[:1])
    backend.objects.put(public.object_keys[0], b"public")
    backend.objects.put(object_keys.named(more.photo_id, "1.jpg", "hidden/"), b"unknown")
    assert found(backend) == {
        ("missing object", lost.stored_keys[0]),
        ("incomplete move", public.photo_id),
        ("orphaned object", object_keys.named(more.photo_id, "1.jpg", "hidden/")),
    }


def test_expired_trash_is_reported_only_after_days(backend: Backend, service: PhotoService) -> None:
    """Expired trash is reported only days after AWS should have deleted it."""
    two = [service.delete(add(backend).photo_id) for _ in range(2)]
    unlisted, unrecorded = (service.delete(add(backend).photo_id) for _ in range(2))
    for photo in (*two, unlisted, unrecorded):
        expired = photo.next_version(
            expires_at=int((photo.uploaded_at - timedelta(hours=1)).timestamp())
        )
        backend.catalog.update(photo, expired)
        PhotoObjects(backend.objects).put_sidecar(expired)
    backend.objects.delete(two[0].stored_keys)
    backend.catalog.delete(backend.catalog.get(two[1].photo_id))
    elsewhere = replace(unlisted, state=PhotoState.HIDDEN, version=unlisted.version + 1)
    backend.catalog.sync_listings(unlisted.photo_id, elsewhere, unlisted.entry_keys)
    lose_record(backend, backend.catalog.get(unrecorded.photo_id))
    assert found(backend, upload_grace=timedelta(0)) == set()
    record = two[1].sidecar_key
    backend.objects.put(
        record, json.dumps({**json.loads(backend.objects.get(record)), "expires_at": 1}).encode()
    )
    assert found(backend, upload_grace=timedelta(0)) == {("expired trash", two[1].photo_id)}


def test_a_record_newer_than_the_catalog(
    backend: Backend, service: PhotoService, lose_catalog: Callable[[], None]
) -> None:
    """A sidecar that is newer than its record is reported."""
    photo = add(backend)
    service.update(photo.photo_id, 1, PhotoText(title="New"))
    lose_catalog()
    backend.catalog.publish(photo)
    assert found(backend, sidecars=True) == {("newer sidecar", object_keys.sidecar(photo.photo_id))}
