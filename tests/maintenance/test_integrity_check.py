"""Tests of the integrity check.

Covers app.maintenance.concurrency, app.maintenance.counter_checks, app.maintenance.diagnosis,
app.maintenance.entries, app.maintenance.findings, app.maintenance.progress,
app.maintenance.reconciliation, app.maintenance.snapshot.
"""

import json
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest
from flask import Flask

from app.domain import object_keys, usage
from app.domain.errors import StorageUnavailable
from app.domain.listings.entries import EntryKey, plain_keys
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, Role
from app.domain.upload import PhotoText
from app.domain.usage import Usage, day_counter
from app.maintenance import Finding, IntegrityCheck, integrity_check, rebuild_photos
from app.maintenance.reconciliation import Reconciliation, fingerprint
from app.services.leases import Leases
from app.services.photo_objects import PhotoObjects
from app.services.photo_service import PhotoService
from tests.backends import Backend, local_backend, make_photo
from tests.cli.test_cli import run
from tests.maintenance.conftest import add, lose_record, publish, upload
from tests.sample_images import avif, jpeg

OLD_ID = "01ARZ3NDEKTSV4RRFFQ69G5FAV"  # of 2016


def found(backend: Backend, **options: object) -> set[tuple[str, str]]:
    check = IntegrityCheck(backend, **options)  # type: ignore[arg-type]
    return {(finding.kind, finding.detail) for finding in check}


def test_check_finds_nothing_after_ordinary_changes(app: Flask, collection: list[Photo]) -> None:
    """After uploads, edits, deletions and restorations a check finds nothing."""
    checked = run(app, "check", "--sidecars", "--stopped")
    assert (checked.output, checked.exit_code) == ("No problems found.\n", 0)


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


def test_upload_in_progress_is_no_finding(backend: Backend) -> None:
    """Objects without a record are orphaned only after the upload grace period."""
    key = object_keys.rendition(make_photo().photo_id, 320)
    backend.objects.put(key, b"being uploaded")
    assert found(backend) == set()
    assert found(backend, upload_grace=timedelta(0)) == {("orphaned object", key)}


def test_incomplete_deletion_is_reported(backend: Backend) -> None:
    """A trashed photo with public objects is an incomplete move."""
    photo = add(backend)
    backend.catalog.update(
        photo, photo.next_version(state=PhotoState.TRASHED, expires_at=2_000_000_000)
    )
    assert found(backend) == {("incomplete move", photo.photo_id)}


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


def test_findings_as_json(app: Flask, backend: Backend) -> None:
    """With --json each line is one finding."""
    photo = add(backend)
    backend.objects.delete([photo.object_keys[0]])
    checked = run(app, "check", "--json")
    assert [json.loads(line) for line in checked.output.splitlines()] == [
        {"kind": "missing object", "detail": photo.object_keys[0], "photo_id": photo.photo_id}
    ]
    assert checked.exit_code == 1


def test_a_deep_check_reads_every_object(app: Flask, backend: Backend) -> None:
    """Objects that do not decode are reported; an original with its checksum is intact."""
    photo = add(backend)
    *whole, damaged, _original = photo.object_keys
    for key in whole:
        backend.objects.put(key, jpeg(320, 240))
    backend.objects.put(damaged, avif(320, 240)[:-900])
    assert run(app, "check").exit_code == 0
    checked = run(app, "check", "--deep")
    assert checked.output == f"damaged object: {damaged}\n1 findings.\n"
    assert checked.exit_code == 1


def test_a_deep_check_finds_every_changed_bit_of_an_original(app: Flask, backend: Backend) -> None:
    """It still decodes, and has its length. Without a checksum in the record it passes."""
    photo = add(backend)
    whole = jpeg(320, 240)
    for key in photo.object_keys[:-1]:
        backend.objects.put(key, whole)
    original = photo.object_keys[-1]
    changed = whole[:-20] + bytes([whole[-20] ^ 1]) + whole[-19:]
    recorded = photo.next_version(bytes=len(whole), crc32=zlib.crc32(whole))
    backend.catalog.update(photo, recorded)
    for body, findings in ((whole, []), (changed, [f"damaged object: {original}"])):
        backend.objects.put(original, body)
        assert run(app, "check", "--deep").output.splitlines()[:-1] == findings
    backend.catalog.update(recorded, recorded.next_version(crc32=None))
    assert "damaged" not in run(app, "check", "--deep", "--stopped").output


def test_storage_error_ends_the_check_with_its_message(
    app: Flask, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A check that cannot read the storage exits with the error message."""
    monkeypatch.setattr(
        backend.catalog, "photos", mock.Mock(side_effect=StorageUnavailable("The disk is gone."))
    )
    checked = run(app, "check")
    assert (checked.output, checked.exit_code) == ("Error: The disk is gone.\n", 1)


def test_reconciliation_reports_keys_whose_sum_is_not_zero() -> None:
    """Keys with equal additions and subtractions match; others are mismatches."""
    with closing(Reconciliation()) as reconciliation:
        reconciliation.add(
            [
                ("even", fingerprint("a")),
                ("even", fingerprint("b")),
                ("short", fingerprint("a")),
                ("#tag", 2),
            ]
        )
        reconciliation.add(
            [("even", -fingerprint("b")), ("even", -fingerprint("a")), ("#tag", -1)], recorded=True
        )
        noted = [EntryKey("public", photo_id) for photo_id in ("even", "short", "short")]
        reconciliation.note_entries([*noted, EntryKey("taken:2026", "1105T120000-short")])
        assert list(reconciliation.mismatches()) == ["#tag", "short"]
        assert reconciliation.entries_of("even") == []
        assert reconciliation.entries_of("short") == [
            ("public", "short"),
            ("taken:2026", "1105T120000-short"),
        ]
        assert reconciliation.count_recorded_and_unrecorded() == (1, 1)


def test_memory_does_not_grow_with_the_collection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Peak memory does not depend on the number of photos."""
    peaks = []
    for photos in (100, 1000):
        backend = local_backend(tmp_path / str(photos))
        stored = [make_photo() for _ in range(photos)]
        monkeypatch.setattr(backend.catalog, "photos", lambda stored=stored: iter(stored))
        monkeypatch.setattr(backend.catalog, "listings", lambda: iter(()))
        monkeypatch.setattr(backend.objects, "list", lambda _prefix: iter(()))
        monkeypatch.setattr(integrity_check, "take_snapshot", lambda *_: None)
        monkeypatch.setattr(integrity_check, "find_usage_mismatches", lambda *_: [])
        peaks.append(min(peak_of_check(backend) for _ in range(3)))
    assert peaks[1] < peaks[0] + 100_000


def peak_of_check(backend: Backend) -> int:
    """Return the peak memory in bytes; threads of other tests may add to it."""
    tracemalloc.start()
    assert list(IntegrityCheck(backend)) == []
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_findings_name_their_photo(backend: Backend) -> None:
    """Each finding has the id of its photo."""
    photo = add(backend)
    backend.objects.delete(photo.object_keys)
    assert list(IntegrityCheck(backend)) == [
        Finding("missing object", key, photo.photo_id) for key in photo.object_keys
    ]
    assert [result.photo_id for result in rebuild_photos(backend)] == [photo.photo_id]
