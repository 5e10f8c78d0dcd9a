"""SQLite's own properties: concurrent writers and crashes.

Covers app.storage.local.sqlite_database.
"""

import os
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.domain import object_keys
from app.domain.errors import AlreadyPublished, EditConflict
from app.domain.photo import Photo
from app.domain.tags import TagCount
from app.domain.usage import SITE
from app.storage.local import sqlite_counters, sqlite_database
from app.storage.local.sqlite import SqliteCatalog
from tests.backends import local_backend, make_photo
from tests.storage.local import disk_syncs
from tests.storage.local.writers import ids_written, started_writers
from tests.storage.test_catalog_publish import everything, ids_of


def test_one_connection_serves_every_part_of_a_backend(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread that reads from each of them opens the file once."""
    opened: list[object] = []
    connect = sqlite3.connect

    def counted(*arguments: Any, **options: Any) -> sqlite3.Connection:
        opened.append(arguments)
        return connect(*arguments, **options)

    monkeypatch.setattr(sqlite3, "connect", counted)
    backend = local_backend(path.parent)
    assert list(backend.catalog.photos()) == list(backend.albums.all()) == []
    assert backend.tag_reader.count("sea") == 0
    assert backend.reports.page(1, now=0).reports == ()
    assert backend.session_revocations.generation_of("owner") is None
    assert backend.tokens.get("hash") is None
    assert backend.ordered_listings.page("year:2026", 1).summaries == ()
    assert len(opened) == 1
    assert isinstance(backend.catalog, SqliteCatalog)
    backend.catalog.close()


def test_processes_that_start_at_once_on_an_empty_folder(path: Path) -> None:
    """Several workers create the file together, and each finds the photos of the others."""
    for attempt in range(3):
        file = path.with_name(f"{attempt}.sqlite3")
        written = ids_written(started_writers(file, 3, 1))
        with closing(SqliteCatalog(file)) as catalog:
            assert len(written) == 3
            assert sorted(ids_of(catalog.page(object_keys.PUBLIC_LISTING, 5))) == sorted(written)


def test_processes_that_write_at_once_lose_nothing(path: Path, catalog: SqliteCatalog) -> None:
    """Every photo that one of four processes published is there, listed and counted."""
    written = ids_written(started_writers(path, 4, 40))
    assert len(set(written)) == 160
    assert sorted(photo.photo_id for photo in catalog.photos()) == sorted(written)
    assert set(ids_of(catalog.page("tag:sea", 200))) == set(written)
    assert tuple(catalog.tag_counts()) == (TagCount("sea", 160),)


def test_what_is_published_survives_kill_9(path: Path, catalog: SqliteCatalog) -> None:
    """A killed process loses nothing that it reported as published."""
    [writer] = started_writers(path, 1, 100_000)
    assert writer.stdout
    said = [writer.stdout.readline().strip() for _ in range(25)]
    os.kill(writer.pid, signal.SIGKILL)
    said += [line.strip() for line in writer.stdout if line.endswith("\n")]
    writer.communicate()
    photos, listings, tags, _ = everything(catalog)
    assert isinstance(photos, list)
    assert set(said) <= {photo.photo_id for photo in photos}
    assert len(photos) - len(said) in {0, 1}
    assert isinstance(listings, list)
    assert len(listings) == sum(len(photo.listings) for photo in photos)
    assert tags == (TagCount("sea", len(photos)),)
    assert [site.photos for site in catalog.usage((SITE, SITE), 1)] == [len(photos)]


def test_threads_that_write_at_once_lose_nothing(catalog: SqliteCatalog) -> None:
    """Photos of eight threads are all written and counted, and reads never fail."""
    photos = [make_photo(tags=("sea",)) for _ in range(80)]

    def publish(photo: Photo) -> None:
        catalog.publish(photo)
        assert catalog.get(photo.photo_id) == photo
        assert photo.summary in catalog.page(object_keys.PUBLIC_LISTING, 100).summaries

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(publish, photos))
    assert ids_of(catalog.page(object_keys.PUBLIC_LISTING, 100)) == [
        photo.photo_id for photo in reversed(photos)
    ]
    assert tuple(catalog.tag_counts()) == (TagCount("sea", 80),)


def test_one_form_sent_by_many_at_once(catalog: SqliteCatalog) -> None:
    """One of eight senders of a form publishes. The others get that photo's id."""

    def send(_: int) -> tuple[str, bool]:
        photo = make_photo(idempotency_key="form")
        try:
            catalog.publish(photo)
        except AlreadyPublished as taken:
            return taken.photo_id, False
        return photo.photo_id, True

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))
    assert len({photo_id for photo_id, _ in answers}) == 1
    assert [published for _, published in answers].count(True) == 1
    assert len(list(catalog.photos())) == 1


def test_one_photo_edited_by_many_at_once(catalog: SqliteCatalog) -> None:
    """One of eight edits of a version succeeds. The others conflict."""
    photo = make_photo()
    catalog.publish(photo)

    def save(n: int) -> str | None:
        after = photo.next_version(title=f"Title {n}", tags=(f"tag {n}",))
        try:
            catalog.update(photo, after)
        except EditConflict:
            return None
        return after.title

    with ThreadPoolExecutor(8) as pool:
        saved = [title for title in pool.map(save, range(8)) if title]
    assert [catalog.get(photo.photo_id).title] == saved
    assert {listing.summary.title for listing in catalog.listings()} == set(saved)
    assert len(tuple(catalog.tag_counts())) == 1


def test_a_file_is_there_when_it_is_needed(path: Path) -> None:
    """Nothing is made before the first use, and a file made before is opened as it is."""
    catalog = SqliteCatalog(path)
    assert not path.exists()
    photo = make_photo()
    catalog.publish(photo)
    catalog.close()
    with closing(SqliteCatalog(path)) as again:
        assert again.get(photo.photo_id) == photo
    catalog.publish(make_photo())  # closed, it opens again
    catalog.close()


def test_how_the_file_is_kept(
    path: Path, catalog: SqliteCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """WAL, synchronous=FULL on every connection, and the schema's version in the file."""
    monkeypatch.setattr(sqlite_database, "SYNCHRONOUS", disk_syncs.SYNCHRONOUS)
    catalog.ping()
    catalog.close()
    with catalog._file.connection() as db:
        [(mode,)], [(synchronous,)] = (
            db.execute(f"PRAGMA {name}").fetchall() for name in ("journal_mode", "synchronous")
        )
        assert (mode, synchronous) == ("wal", 2)
        assert db.execute("PRAGMA user_version").fetchall() == [(8,)]
        assert db.execute("PRAGMA secure_delete").fetchall() == [(1,)]


@pytest.mark.parametrize(
    ("query", "values", "expected"),
    [
        (
            sqlite_counters._MOST_USED_TAGS,
            (100,),
            "SEARCH tag_counts USING COVERING INDEX tag_counts_by_photos (photos>?)",
        ),
        (sqlite_counters._TAGS, ("s", 100), "SEARCH tag_counts USING PRIMARY KEY (tag>?)"),
    ],
)
def test_a_page_of_tags_reads_a_range_of_an_index(
    catalog: SqliteCatalog, query: str, values: tuple[object, ...], expected: str
) -> None:
    """Tags are counted when photos change, not when they are shown, and nothing is sorted."""
    steps = catalog._file.read(f"EXPLAIN QUERY PLAN {query}", *values)
    assert [detail for *_, detail in steps] == [expected]


def test_reading_everything_in_batches(
    catalog: SqliteCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No transaction stays open between batches."""
    monkeypatch.setattr(sqlite_database, "_BATCH", 3)
    photos = [make_photo() for _ in range(7)]
    for photo in photos:
        catalog.publish(photo)
    assert [photo.photo_id for photo in catalog.photos()] == [photo.photo_id for photo in photos]
    assert len(list(catalog.listings())) == sum(len(photo.listings) for photo in photos)
    reading = catalog.photos()
    next(reading)
    with catalog._file.connection() as db:
        assert not db.in_transaction


FORKING = """
import os, sys
from pathlib import Path
from app.storage.local.sqlite import SqliteCatalog
from tests.sample_photos import make_photo
catalog = SqliteCatalog(Path(sys.argv[1]))
photo = make_photo()
catalog.publish(photo)
child = os.fork()
if child == 0:
    inherited = catalog._file._idle
    catalog.publish(make_photo())
    assert catalog.get(photo.photo_id) == photo
    assert catalog._file._idle is not inherited and len(inherited) == 1
else:
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    catalog.publish(make_photo())
"""


def test_a_forked_process_opens_its_own(path: Path, catalog: SqliteCatalog) -> None:
    """After a fork the child opens its own connections."""
    subprocess.run([sys.executable, "-c", FORKING, str(path)], check=True)
    assert len(catalog.page(object_keys.PUBLIC_LISTING, 5).summaries) == 3
