"""Sums over the whole collection are compared in little memory."""

import tracemalloc
from contextlib import closing
from pathlib import Path

import pytest

from app.domain.listings.entries import EntryKey
from app.maintenance import IntegrityCheck, integrity_check
from app.maintenance.reconciliation import Reconciliation, fingerprint
from tests.backends import Backend, local_backend, make_photo


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
