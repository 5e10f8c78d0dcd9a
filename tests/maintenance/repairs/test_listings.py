"""A repair makes listings and counters match the records.

Covers app.maintenance.repair.
"""

from dataclasses import replace
from datetime import datetime

from flask import Flask

from app.domain.photo_summary import PhotoState
from app.domain.search_terms import SearchQuery
from app.domain.usage import SITE, Usage
from app.maintenance import IntegrityCheck
from tests.backends import Backend, make_photo
from tests.cli.test_cli import run
from tests.maintenance.conftest import add, contents, lose_record
from tests.maintenance.repairs.repairing import repair


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
