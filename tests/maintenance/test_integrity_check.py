"""Check: everything that is wrong is named, and nothing that is not."""

import json
import tracemalloc
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
from app.domain.photo import Photo, State
from app.domain.upload import Words
from app.domain.usage import Usage, of_day
from app.maintenance import Check, Finding, integrity_check, put_back
from app.maintenance.reconciliation import Ledger, weight
from app.services.photo_objects import Shelf
from app.services.photo_service import PhotoLibrary
from tests.backends import Home, embedded_home, make_photo
from tests.cli.test_cli import run
from tests.maintenance.conftest import add, lose_record, plain_library, upload
from tests.sample_images import jpeg

OLD_ID = "01ARZ3NDEKTSV4RRFFQ69G5FAV"  # of 2016


def found(library: PhotoLibrary, **options: object) -> set[tuple[str, str]]:
    return {(finding.kind, finding.what) for finding in Check(library, **options)}  # type: ignore[arg-type]


def test_a_month_of_changes_leaves_nothing_to_find(app: Flask, collection: list[Photo]) -> None:
    """After uploads, edits, deletions and restorations everything is in its place, records and bodies included."""
    checked = run(app, "check", "--records", "--stopped")
    assert (checked.output, checked.exit_code) == ("Everything is in its place.\n", 0)


def test_every_kind_of_damage_is_named(home: Home, library: PhotoLibrary, collection: list[Photo]) -> None:
    """Each fault is named once, by what it is and where; what is whole is not named."""
    small, listed, torn, recordless = (collection[n] for n in (0, 1, 3, 4))
    trashed = collection[2]
    home.objects.delete(
        [small.object_keys[0], object_keys.trashed(trashed.object_keys[1]), object_keys.record(recordless.photo_id)]
    )
    home.objects.put(torn.object_keys[-1], b"cut")
    home.objects.put(f"photos/{OLD_ID}/320.jpg", b"an orphan")
    home.objects.put("photos/notes.json", b"no photo's")
    home.catalog.relist(listed.photo_id, listed, [])
    other = make_photo(photo_id=listed.photo_id, tags=("alien",), version=listed.version, title="Not so")
    home.catalog.relist(listed.photo_id, other, ["all", "tag:alien"])
    home.catalog.relist(OLD_ID, None, [])
    home.catalog.recount("dusk", 2, 7)
    day = Usage(of_day(small.uploaded_at.date()), 5, sum(photo.bytes for photo in collection if photo != trashed))
    home.catalog.reckon(day, replace(day, photos=9))
    assert found(library) == {
        ("missing object", small.object_keys[0]),
        ("missing object", object_keys.trashed(trashed.object_keys[1])),
        ("wrong size", f"{torn.object_keys[-1]}: 3 bytes, {torn.bytes} were stored"),
        ("object without photo", f"photos/{OLD_ID}/320.jpg"),
        ("object without photo", "photos/notes.json"),
        ("stale record", f"{object_keys.record(recordless.photo_id)} (it is missing)"),
        ("listing drift", f"{listed.photo_id} in all"),
        ("listing drift", f"{listed.photo_id} in tag:alien"),
        ("tag count", "dusk: 7 shown, 2 photos"),
        ("usage count", f"{day.account}: 9 photos of {day.bytes} bytes shown, 5 of {day.bytes} kept"),
    }


def test_listings_of_no_photo_are_named(home: Home, library: PhotoLibrary) -> None:
    """A listing whose photo has no record is named with its feed, and so are the accounts that still count it."""
    photo = make_photo(photo_id=OLD_ID)
    home.catalog.adopt(photo)
    lose_record(home, photo)
    findings = found(library)
    listed = {what for kind, what in findings if kind == "listing without photo"}
    assert listed == {f"{OLD_ID} in {feed}" for feed in photo.feeds}
    counted = f"1 photos of {photo.bytes} bytes shown, 0 of 0 kept"
    assert findings - {("listing without photo", what) for what in listed} == {
        ("usage count", f"{account}: {counted}") for account in usage.accounts(photo)
    }


def test_what_an_upload_under_way_looks_like(home: Home, library: PhotoLibrary) -> None:
    """Objects without a record are no finding until an upload must have ended; with the site stopped they are."""
    key = object_keys.rendition(make_photo().photo_id, 320)
    home.objects.put(key, b"being uploaded")
    assert found(library) == set()
    assert found(library, uploading=timedelta(0)) == {("object without photo", key)}


def test_a_deletion_half_done(home: Home, library: PhotoLibrary) -> None:
    """A photo that is trashed, with objects that are still public, is half deleted, and nothing else."""
    photo = add(library)
    home.catalog.revise(photo, photo.revised(state=State.TRASHED, expires_at=2_000_000_000))
    assert found(library) == {("half deleted", photo.photo_id)}


def test_a_deletion_under_way(home: Home, library: PhotoLibrary) -> None:
    """While somebody has taken a photo to move it, it is no finding; with the site stopped nobody has."""
    photo = add(library)
    moving = photo.revised(state=State.TRASHED, expires_at=2_000_000_000, moving_until=4_000_000_000)
    home.catalog.revise(photo, moving)
    assert found(library) == set()
    assert found(library, uploading=timedelta(0)) == {("half deleted", photo.photo_id)}


def test_changes_while_check_looks(home: Home, library: PhotoLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    """Uploads, edits, deletions and restorations between any two reads of check are never reported."""
    photos = [add(library, tags="sea") for _ in range(4)]
    library.withdraw(photos[3].photo_id)
    changes: list[Callable[[], object]] = [
        lambda: library.publish(upload(tags="sea")),
        lambda: library.revise(photos[0].photo_id, 1, Words(title="New", tags="dusk")),
        lambda: library.withdraw(photos[1].photo_id),
        lambda: library.restore(photos[3].photo_id),
        lambda: library.revise(photos[0].photo_id, 2, Words(title="Newer", tags="sea")),
        lambda: library.restore(photos[1].photo_id),
    ]

    def meddled(real: Callable[..., Iterator[object]]) -> Callable[..., Iterator[object]]:
        def read(*arguments: object) -> Iterator[object]:
            for item in list(real(*arguments)):
                if changes:
                    changes.pop(0)()
                yield item

        return read

    with monkeypatch.context() as patch:
        for part, name in ((home.objects, "list"), (home.catalog, "listings"), (home.catalog, "photos")):
            patch.setattr(part, name, meddled(getattr(part, name)))
        assert found(library, records=True) == set()
    assert changes == []


def test_what_passes_while_check_waits_is_not_named(home: Home, library: PhotoLibrary) -> None:
    """What a change under way could explain is looked at twice, and named when it is the same both times."""
    passing, lasting, lost = (add(library) for _ in range(3))
    for photo in (passing, lasting):
        home.catalog.revise(photo, photo.revised(state=State.TRASHED, expires_at=2_000_000_000, moving_until=1))
    home.objects.delete([lost.object_keys[0]])
    waited = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        library.withdraw(passing.photo_id)

    findings = found(library, settle=30.0, sleep=sleep)
    assert findings == {("half deleted", lasting.photo_id), ("missing object", lost.object_keys[0])}
    assert waited == [30.0]


def test_nobody_waits_for_a_whole_collection(library: PhotoLibrary, collection: list[Photo]) -> None:
    """With nothing to look at again, nothing is waited for."""
    assert found(library, settle=30.0, sleep=lambda _: pytest.fail("it waits")) == set()


def test_trash_that_aws_is_about_to_empty(home: Home, library: PhotoLibrary) -> None:
    """Expired trash is no finding, whichever of record, listings and objects AWS removes first; days later it is."""
    two = [library.withdraw(add(library).photo_id) for _ in range(2)]
    unlisted, unrecorded = (library.withdraw(add(library).photo_id) for _ in range(2))
    for photo in (*two, unlisted, unrecorded):
        expired = photo.revised(expires_at=int((photo.uploaded_at - timedelta(hours=1)).timestamp()))
        home.catalog.revise(photo, expired)
        Shelf(home.objects).put_record(expired)
    home.objects.delete([object_keys.trashed(key) for key in two[0].object_keys])
    home.catalog.forget(home.catalog.get(two[1].photo_id))
    elsewhere = replace(unlisted, state=State.HIDDEN, version=unlisted.version + 1)
    home.catalog.relist(unlisted.photo_id, elsewhere, unlisted.feeds)
    lose_record(home, home.catalog.get(unrecorded.photo_id))
    assert found(library, uploading=timedelta(0)) == set()
    record = object_keys.trashed_record(two[1].photo_id)
    home.objects.put(record, json.dumps({**json.loads(home.objects.get(record)), "expires_at": 1}).encode())
    assert found(library, uploading=timedelta(0)) == {("expired trash", two[1].photo_id)}


def test_a_record_newer_than_the_catalog(home: Home, library: PhotoLibrary, lose_catalog: Callable[[], None]) -> None:
    """After an earlier catalog was put back, check says that the record is the newer one."""
    photo = add(library)
    library.revise(photo.photo_id, 1, Words(title="New"))
    lose_catalog()
    home.catalog.publish(photo)
    assert found(library, records=True) == {("newer record", object_keys.record(photo.photo_id))}


def test_findings_as_json(app: Flask, library: PhotoLibrary, home: Home) -> None:
    """With --json each line is one finding, and nothing else is said."""
    photo = add(library)
    home.objects.delete([photo.object_keys[0]])
    checked = run(app, "check", "--json")
    assert [json.loads(line) for line in checked.output.splitlines()] == [
        {"kind": "missing object", "what": photo.object_keys[0], "photo_id": photo.photo_id}
    ]
    assert checked.exit_code == 1


def test_a_deep_check_reads_every_object(app: Flask, library: PhotoLibrary, home: Home) -> None:
    """An object that no longer decodes is named; an original that is what was sent needs no decoding."""
    photo = add(library)
    home.objects.put(photo.object_keys[0], jpeg(320, 240))
    home.objects.put(photo.object_keys[1], jpeg(640, 480)[:-900])
    assert run(app, "check").exit_code == 0
    checked = run(app, "check", "--deep")
    assert checked.output == f"damaged object: {photo.object_keys[1]}\n1 findings.\n"
    assert checked.exit_code == 1


def test_a_storage_that_fails_is_an_error_in_words(app: Flask, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A check that could not look exits with the reason, and never says that everything is in its place."""
    monkeypatch.setattr(home.catalog, "photos", mock.Mock(side_effect=StorageUnavailable("The disk is gone.")))
    checked = run(app, "check")
    assert (checked.output, checked.exit_code) == ("Error: The disk is gone.\n", 1)


def test_a_ledger_comes_out_even() -> None:
    """What was credited and debited alike, in any order, is no suspect; what was not is, with the feeds noted."""
    with closing(Ledger()) as ledger:
        ledger.enter([("even", weight("a")), ("even", weight("b")), ("short", weight("a")), ("#tag", 2)])
        ledger.enter([("even", -weight("b")), ("even", -weight("a")), ("#tag", -1)], known=True)
        ledger.note_feeds([("even", "all"), ("short", "all"), ("short", "all")])
        assert list(ledger.suspects()) == ["#tag", "short"]
        assert (ledger.feeds("even"), ledger.feeds("short")) == ([], ["all"])
        assert ledger.sizes() == (1, 1)


def test_memory_does_not_grow_with_the_collection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's peak for ten times the photos is that for the photos, within a tenth of a megabyte."""
    peaks = []
    for photos in (100, 1000):
        home = embedded_home(tmp_path / str(photos))
        library = plain_library(home)
        stored = [make_photo() for _ in range(photos)]
        monkeypatch.setattr(home.catalog, "photos", lambda stored=stored: iter(stored))
        monkeypatch.setattr(home.catalog, "listings", lambda: iter(()))
        monkeypatch.setattr(home.objects, "list", lambda _prefix: iter(()))
        monkeypatch.setattr(integrity_check, "look", lambda *_: None)
        monkeypatch.setattr(integrity_check, "misreckonings", lambda *_: [])
        tracemalloc.start()
        assert list(Check(library)) == []
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 100_000


def test_findings_name_their_photo(library: PhotoLibrary, home: Home) -> None:
    """Whoever reads findings by program finds the photo's id in each."""
    photo = add(library)
    home.objects.delete(photo.object_keys)
    assert list(Check(library)) == [Finding("missing object", key, photo.photo_id) for key in photo.object_keys]
    assert [outcome.photo_id for outcome in put_back(library)] == [photo.photo_id]
