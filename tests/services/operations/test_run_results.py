"""The last result of each command, as the admin's page shows it."""

import json
import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.operations.run_results import (
    MAX_BYTES,
    RunKind,
    RunResult,
    last_results,
    store_result,
)
from tests.backends import Backend

ENDED = datetime(2026, 11, 30, 4, 5, 6, tzinfo=UTC)
WHOLE = json.loads(RunResult(ENDED).to_json())
UNUSABLE: list[dict[str, Any]] = [
    {"ended_at": "2026-11-30T04:05:06"},  # in no time zone
    {"ended_at": "9999-12-31T23:59:59+00:00"},
    {"ended_at": "0001-01-01T00:00:00+23:59"},
    {"seconds": math.inf},
    {"repaired": -math.inf},
    {"findings": {"stale sidecar": math.nan}},
    {"findings": {"stale sidecar": 10**400}},
    {"findings": {"stale sidecar": -5}},
]


def test_a_result_comes_back_as_it_was(backend: Backend) -> None:
    """Each kind has its own last result."""
    first = RunResult(ENDED, 12, {"missing object": 2}, repaired=1, notes=("a package",))
    second = RunResult(ENDED, is_complete=False)
    store_result(backend.run_results, RunKind.CHECK, second)
    store_result(backend.run_results, RunKind.CHECK, first)
    store_result(backend.run_results, RunKind.AUDIT, second)
    last = last_results(backend.run_results)
    assert last == {RunKind.CHECK: first, RunKind.AUDIT: second}


def test_remaining_findings_or_an_early_end_are_not_good() -> None:
    assert RunResult(ENDED, findings={"stale sidecar": 2}, repaired=2).is_good
    assert not RunResult(ENDED, findings={"stale sidecar": 2}, repaired=1).is_good
    assert not RunResult(ENDED, is_complete=False).is_good


def test_the_longest_result_can_be_stored() -> None:
    """Whatever is found, the text has a limited size, and it can be read again."""
    kinds = {f"{number}{'😀' * 500}": 1 for number in range(500)}
    text = RunResult(ENDED, findings=kinds, notes=("\N{SNOWMAN}" * 500,) * 500).to_json()
    assert len(text.encode()) <= MAX_BYTES
    assert RunResult.from_json(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "null", "{}", '{"ended_at": 5}', "9" * (MAX_BYTES + 1), "[" * 5000),
        '{"ended_at": "x", "seconds": 1, "findings": {}, "repaired": 0}',
        '{"ended_at": "2026-11-30", "seconds": 1, "findings": [], "repaired": 0}',
        *(json.dumps(WHOLE | changed) for changed in UNUSABLE),
    ],
)
def test_a_damaged_result_is_none(text: str) -> None:
    assert RunResult.from_json(text) is None


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.datetimes().map(str),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(sorted(WHOLE)), _VALUES))
def test_any_result_that_is_read_can_be_shown_and_stored(changed: dict[str, Any]) -> None:
    """Its time has a zone, and its numbers are finite."""
    result = RunResult.from_json(json.dumps(WHOLE | changed))
    if result:
        assert result.ended_at.utcoffset() == timedelta(0)
        assert result.remaining >= 0
        assert RunResult.from_json(result.to_json())
        str((result.findings, result.notes)).encode()
