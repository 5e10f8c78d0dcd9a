"""Tests of repairs.

Covers app.maintenance.trash_repair.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import ANY

import pytest
from flask import Flask

from app.domain import object_keys
from app.domain.errors import PhotoNotFound
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, Role
from app.domain.search_terms import SearchQuery
from app.domain.tags import TagCount
from app.domain.upload import PhotoText
from app.domain.usage import SITE, Usage
from app.maintenance import IntegrityCheck, Repair
from app.services.photo_service import PhotoService
from tests.backends import Backend, make_photo
from tests.cli.test_cli import run
from tests.maintenance.conftest import add, contents, lose_record, plain_service, publish, upload


class Killed(BaseException):
    """The process was killed."""


@dataclass
class Process:
    """A process that is killed at a storage call, before or `after` the call takes effect."""

    calls: int
    after: bool

    def store(self, store: Any) -> Any:
        """Return `store` with every method counted."""
        return SimpleNamespace(
            **{name: self._mortal(getattr(store, name)) for name in dir(store) if name[0] != "_"}
        )

    def _mortal(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            self.calls -= 1
            answer = method(*arguments) if self.calls >= -self.after else None
            if self.calls < 0:
                raise Killed
            return answer

        return call


def dying(backend: Backend, calls: int, *, after: bool) -> Backend:
    """Return a backend whose process is killed after `calls` storage calls."""
    process = Process(calls, after)
    return replace(
        backend,
        objects=process.store(backend.objects),
        catalog=process.store(backend.catalog),
        clients=None,
    )


def repair(backend: Backend, **options: bool) -> list[str]:
    """Repair with the site stopped and return the findings that remain."""
    steps = Repair(IntegrityCheck(backend, upload_grace=timedelta(0), sidecars=True), **options)
    return [problem for step in steps if (problem := step.run())]


def assert_repairable(backend: Backend) -> None:
    """Repair everything at once. A repair that finds nothing has checked everything.

    The operator knows that no record was lost.
    """
    check = IntegrityCheck(backend, upload_grace=timedelta(0), sidecars=True)
    steps = Repair(check, all_orphans=True)
    problems = [step.run() for step in steps]
    assert [problem for problem in problems if problem] == []
    if problems:
        assert list(IntegrityCheck(backend, upload_grace=timedelta(0), sidecars=True)) == []


def expire(backend: Backend, photo_id: str) -> None:
    trashed = plain_service(backend).delete(photo_id)
    backend.catalog.update(trashed, trashed.next_version(expires_at=1_000_000_000))


PREPARATIONS: dict[str, Callable[[Backend, str], object]] = {
    "publish": lambda _backend, _photo_id: None,
    "edit": lambda _backend, _photo_id: None,
    "hide": lambda _backend, _photo_id: None,
    "unhide": lambda backend, photo_id: plain_service(backend).hide(photo_id, Role.ADMIN),
    "delete": lambda _backend, _photo_id: None,
    "delete a hidden photo": lambda backend, photo_id: plain_service(backend).hide(
        photo_id, Role.ADMIN
    ),
    "restore": lambda backend, photo_id: plain_service(backend).delete(photo_id),
    "purge": expire,
}


def unhide(service: PhotoService, photo_id: str) -> Photo:
    return service.unhide(photo_id, Role.ADMIN)


EDITED = PhotoText(title="Edited", tags="dusk")
CHANGES: dict[str, Callable[[Backend, str], object]] = {
    "publish": lambda backend, _photo_id: publish(backend, upload("the form", tags="sea, dusk")),
    "edit": lambda backend, photo_id: plain_service(backend).update(photo_id, 1, EDITED),
    "hide": lambda backend, photo_id: plain_service(backend).hide(photo_id, Role.ADMIN),
    "unhide": lambda backend, photo_id: unhide(plain_service(backend), photo_id),
    "delete": lambda backend, photo_id: plain_service(backend).delete(photo_id),
    "delete a hidden photo": lambda backend, photo_id: plain_service(backend).delete(photo_id),
    "restore": lambda backend, photo_id: plain_service(backend).restore(photo_id),
    "purge": lambda backend, _photo_id: plain_service(backend).purge(),
}


@pytest.mark.exhaustive("repairs")
@pytest.mark.parametrize(
    "after", [False, True], ids=["before it took effect", "after it took effect"]
)
@pytest.mark.parametrize("change", CHANGES)
def test_a_process_killed_anywhere(
    backend: Backend, service: PhotoService, change: str, *, after: bool, exhaustive: bool
) -> None:
    """After a kill at any call and a repair, the site is consistent and a retry works.

    A sampled run kills the process at every third call.
    """
    for calls in range(0, 30, 1 if exhaustive else 3):
        photo = add(backend, tags="sea")
        PREPARATIONS[change](backend, photo.photo_id)
        died = True
        with suppress(Killed):
            CHANGES[change](dying(backend, calls, after=after), photo.photo_id)
            died = False
        assert_repairable(backend)
        assert_everything_public_is_shown(backend)
        with suppress(PhotoNotFound):
            assert_retried(backend, change, photo)
        for left in list(backend.catalog.photos()):
            expire(backend, left.photo_id)
        service.purge()
        if not died:
            break
    assert not died
    assert calls > 2


def assert_everything_public_is_shown(backend: Backend) -> None:
    """Each photo has all of its objects in its state, and nothing else is public."""
    public = {stored.key for stored in backend.objects.list(object_keys.PUBLIC_PREFIX)}
    photos = list(backend.catalog.photos())
    shown = [photo for photo in photos if photo.state is PhotoState.PUBLIC]
    assert public == {key for photo in shown for key in photo.object_keys}
    assert all(backend.objects.exists(key) for photo in photos for key in photo.stored_keys)


def assert_retried(backend: Backend, change: str, photo: Photo) -> None:
    """Repeating the change succeeds once."""
    service = plain_service(backend)
    if change == "publish":
        made = publish(backend, upload("the form", tags="sea, dusk"))
        listing = service.page(object_keys.duplicates_listing(made.sha256), 5).summaries
        assert [summary.photo_id for summary in listing] == [made.photo_id]
    elif change == "edit":
        now = service.get(photo.photo_id)
        assert service.update(photo.photo_id, now.version, EDITED).title == "Edited"
    elif change == "hide":
        assert service.hide(photo.photo_id, Role.ADMIN).state is PhotoState.HIDDEN
    elif change == "unhide":
        assert unhide(service, photo.photo_id).state is PhotoState.PUBLIC
    elif change.startswith("delete"):
        assert service.delete(photo.photo_id).state is PhotoState.TRASHED
    elif change == "restore":
        assert service.restore(photo.photo_id).state is PhotoState.PUBLIC
    assert list(IntegrityCheck(backend, upload_grace=timedelta(0), sidecars=True)) == []


def test_repair_changes_nothing_without_apply(app: Flask, backend: Backend) -> None:
    """Without --apply repair only prints its actions; with it, it applies them."""
    photo = add(backend, tags="sea")
    backend.catalog.update(
        photo, photo.next_version(state=PhotoState.TRASHED, expires_at=2_000_000_000)
    )
    backend.catalog.compare_and_set_tag_count("sea", 0, 5)
    before = contents(backend)
    said = run(app, "repair", "--stopped")
    assert f"incomplete move: {photo.photo_id}\n  → complete the move to trash/\n" in said.output
    assert (
        "tag count mismatch: sea: count is 5, listing has 0 photos\n  → set the count to 0\n"
        in said.output
    )
    assert "2 problems" in said.output
    assert said.exit_code == 1
    assert contents(backend) == before
    done = run(app, "repair", "--stopped", "--apply")
    assert done.output.endswith("2 repaired, 0 not repaired.\n")
    assert done.exit_code == 0
    assert run(app, "check", "--stopped").exit_code == 0
    assert run(app, "repair", "--stopped").output == "No problems found.\n"


def test_drifted_listings_and_counts_are_set_right(backend: Backend) -> None:
    """Repair makes listings and counters match the records."""
    photo = add(backend, tags="sea")
    sound = contents(backend)
    odd = make_photo(
        photo_id=photo.photo_id, tags=("odd",), taken_at=datetime.fromisoformat("2026-11-05")
    )
    keys = [key for key in odd.entry_keys if not key.listing.startswith(("owner:", "term:"))]
    backend.catalog.sync_listings(photo.photo_id, odd, keys)
    gone = make_photo()
    backend.catalog.import_photo(gone)
    lose_record(backend, gone)
    backend.catalog.compare_and_set_tag_count("sea", 1, 0)
    backend.catalog.compare_and_set_tag_count("nothing", 0, 3)
    assert backend.catalog.compare_and_set_usage(
        Usage(SITE, 2, photo.bytes + gone.bytes), Usage(SITE)
    )
    assert backend.catalog.compare_and_set_usage(
        Usage("owner:unknown"), Usage("owner:unknown", 2, 5)
    )
    assert repair(backend) == []
    assert contents(backend) == sound


def test_a_photo_that_searches_miss_is_found_again(backend: Backend) -> None:
    """A photo without postings, and postings without a photo, are reported and repaired."""
    photo = add(backend, title="Harbor", tags="sea")
    keys = [entry.key for entry in backend.catalog.entries_of(photo)]
    terms = [key for key in keys if key.listing.startswith("term:")]
    hidden = replace(photo, state=PhotoState.HIDDEN)
    backend.catalog.sync_listings(photo.photo_id, hidden, terms)
    gone = make_photo(title="Harbor")
    backend.catalog.import_photo(gone)
    lose_record(backend, gone)
    query = SearchQuery.of("harb")
    missing = {str(key) for key in terms}
    assert missing <= {finding.detail for finding in IntegrityCheck(backend)}
    assert repair(backend) == []
    assert backend.catalog.search(query, 5).page.summaries == (photo.summary,)
    assert list(IntegrityCheck(backend)) == []


def test_public_objects_that_the_record_does_not_name_are_deleted(
    backend: Backend, service: PhotoService
) -> None:
    """A version without AVIF drops their widths, so hiding leaves them public."""
    photo = add(backend)
    key = object_keys.rendition(photo.photo_id, 111, "image/avif")
    backend.objects.put(key, b"an image of a hidden photo")
    service.hide(photo.photo_id, Role.CONTRIBUTOR)
    assert [finding.kind for finding in IntegrityCheck(backend)].count("orphaned object") == 1
    assert repair(backend) == []
    assert not backend.objects.exists(key)
    assert list(IntegrityCheck(backend)) == []


def test_repair_rewrites_a_stale_sidecar(backend: Backend) -> None:
    """A stale, missing or damaged sidecar is rewritten from the record."""
    edited, missing, torn = (add(backend) for _ in range(3))
    backend.catalog.update(edited, edited.next_version(title="New"))
    backend.objects.delete([object_keys.sidecar(missing.photo_id)])
    backend.objects.put(object_keys.sidecar(torn.photo_id), b"{")
    assert repair(backend) == []
    assert list(IntegrityCheck(backend, sidecars=True)) == []


def test_an_orphan_that_is_whole_goes_to_the_trash(backend: Backend, service: PhotoService) -> None:
    """With all_orphans, a complete photo without a record moves there and can be restored."""
    photo, other = add(backend, tags="sea"), add(backend)
    backend.catalog.sync_listings(photo.photo_id, make_photo(photo_id=photo.photo_id), [])
    bodies = {key: backend.objects.get(key) for key in photo.object_keys}
    trashed = photo.next_version(state=PhotoState.TRASHED, expires_at=1)
    backend.catalog.update(photo, trashed)
    backend.catalog.delete(trashed)
    assert repair(backend) == ["skipped"]
    assert {key: backend.objects.get(key) for key in photo.object_keys} == bodies
    assert repair(backend, all_orphans=True) == []
    public = {stored.key for stored in backend.objects.list("photos/")}
    assert public == set(other.object_keys)
    assert service.get_any_state(photo.photo_id).state is PhotoState.TRASHED
    restored = service.restore(photo.photo_id)
    assert (restored.title, restored.tags) == (photo.title, photo.tags)
    assert {key: backend.objects.get(key) for key in photo.object_keys} == bodies
    assert backend.catalog.tags("", 9).tags == (TagCount("sea", 1),)


def test_an_orphan_that_is_not_whole(backend: Backend) -> None:
    """Orphans without a sidecar are deleted; others are skipped, or moved with all_orphans."""
    kept = [add(backend) for _ in range(3)]
    bare, part, torn = (add(backend) for _ in range(3))
    for photo in (bare, part, torn):
        backend.catalog.update(
            photo, trashed := photo.next_version(state=PhotoState.TRASHED, expires_at=1)
        )
        backend.catalog.delete(trashed)
    backend.objects.delete([object_keys.sidecar(bare.photo_id), part.object_keys[0]])
    backend.objects.put(object_keys.sidecar(torn.photo_id), b"{")
    assert repair(backend) == ["skipped", "skipped"]
    assert not any(map(backend.objects.exists, bare.object_keys))
    assert repair(backend, all_orphans=True) == ["skipped"]
    of_kept = {key for photo in kept for key in (*photo.object_keys, photo.sidecar_key)}
    assert {stored.key for stored in backend.objects.list("")} - of_kept == {
        *(object_keys.moved(key, object_keys.TRASH_PREFIX) for key in part.object_keys[1:]),
        object_keys.sidecar(part.photo_id, object_keys.TRASH_PREFIX),
        *torn.object_keys,
        object_keys.sidecar(torn.photo_id),
    }


def test_a_deletion_without_a_record_goes_on(backend: Backend, service: PhotoService) -> None:
    """The sidecar in the trash says that the photo was deleted: it is no lost record."""
    photo, other = add(backend), add(backend)
    bodies = {key: backend.objects.get(key) for key in (*photo.object_keys, photo.sidecar_key)}
    backend.catalog.delete(service.delete(photo.photo_id))
    for key, body in bodies.items():
        backend.objects.put(key, body)
    assert repair(backend) == []
    assert service.get_any_state(photo.photo_id).state is PhotoState.TRASHED
    public = {stored.key for stored in backend.objects.list(object_keys.PUBLIC_PREFIX)}
    assert public == set(other.object_keys)


def test_a_lost_table_is_no_reason_to_remove_photos(
    app: Flask, backend: Backend, lose_catalog: Callable[[], None]
) -> None:
    """If most photos have no record, repair deletes nothing and advises a rebuild."""
    for _ in range(21):
        add(backend)
    lose_catalog()
    before = contents(backend)
    assert repair(backend) == [ANY] * 21
    done = run(app, "repair", "--apply", "--stopped")
    assert "rebuild --apply" in done.output
    assert done.exit_code == 1
    assert contents(backend) == before


def test_hide_broken_hides_a_photo_with_a_missing_object(
    app: Flask, backend: Backend, service: PhotoService
) -> None:
    """A photo with a missing object is skipped; --hide-broken hides it."""
    photo = add(backend)
    backend.objects.delete([photo.object_keys[0]])
    done = run(app, "repair", "--apply")
    assert "skipped: the object is lost" in done.output
    assert done.exit_code == 1
    assert service.get(photo.photo_id) == photo
    run(app, "repair", "--apply", "--hide-broken")
    assert service.get(photo.photo_id).state is PhotoState.HIDDEN
    assert service.page(object_keys.PUBLIC_LISTING, 5).summaries == ()
    assert list(backend.objects.list(object_keys.PUBLIC_PREFIX)) == []


def test_repair_copies_missing_objects_from_the_trash(backend: Backend) -> None:
    """A missing object of a listed photo is copied back from the trash."""
    photo = add(backend)
    for key in photo.object_keys:
        backend.objects.copy(key, object_keys.moved(key, object_keys.TRASH_PREFIX))
    backend.objects.delete(photo.object_keys)
    assert repair(backend) == []
    assert list(IntegrityCheck(backend, sidecars=True)) == []


def test_trash_without_its_record_gets_it_back(backend: Backend, service: PhotoService) -> None:
    """A trashed photo without a record gets its record back from the sidecar."""
    trashed = service.delete(add(backend).photo_id)
    backend.catalog.delete(trashed)
    assert repair(backend) == []
    assert service.get_any_state(trashed.photo_id) == trashed


def test_repair_does_not_overwrite_a_changed_photo(backend: Backend, service: PhotoService) -> None:
    """A photo that changed after the check is not overwritten."""
    photo = add(backend)
    trashed = photo.next_version(state=PhotoState.TRASHED, expires_at=2_000_000_000)
    backend.catalog.update(photo, trashed)
    [step] = Repair(IntegrityCheck(backend))
    restored = service.restore(photo.photo_id)
    assert step.run() == "changed in the meantime: run the check again"
    assert service.get(photo.photo_id) == restored
    assert all(backend.objects.exists(key) for key in photo.object_keys)


def test_repair_keeps_objects_of_no_photo(backend: Backend) -> None:
    """An object that belongs to no photo is reported and kept."""
    backend.objects.put("photos/notes.json", b"mine")
    assert repair(backend) == ["skipped"]
    assert backend.objects.exists("photos/notes.json")


def test_purge_deletes_nothing_without_apply(
    app: Flask, service: PhotoService, backend: Backend
) -> None:
    """Only photos that have been in the trash for 30 days are deleted, with --apply."""
    expire(backend, add(backend).photo_id)
    kept = service.delete(add(backend).photo_id)
    assert run(app, "purge").output.startswith("1 photos have been in the trash for 30 days.")
    assert run(app, "purge", "--apply").output == "1 photos deleted permanently.\n"
    assert [photo.photo_id for photo in backend.catalog.photos()] == [kept.photo_id]


def test_a_purge_shows_every_photo_that_it_removes(backend: Backend, service: PhotoService) -> None:
    """A purge passes every deleted photo to the progress callback."""
    expire(backend, photo_id := add(backend).photo_id)
    shown: list[str] = []

    def watch(photos: Iterable[Photo]) -> Iterator[Photo]:
        for photo in photos:
            shown.append(photo.photo_id)
            yield photo

    assert service.purge(watch) == 1
    assert shown == [photo_id]
