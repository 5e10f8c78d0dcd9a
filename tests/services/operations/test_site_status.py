"""The status of a site, also of one whose storage fails."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.errors import StorageUnavailable
from app.domain.photo_summary import PhotoState
from app.services.operations.machine import Machine
from app.services.operations.run_results import WITH_FIX, RunKind, RunResult, store_result
from app.services.operations.site_status import Problem, SiteStatus, StatusService
from tests.backends import Backend, make_photo

OLD = {
    RunKind.CHECK: Problem.OLD_CHECK,
    RunKind.AUDIT: Problem.OLD_AUDIT,
    RunKind.ADVISORIES: Problem.OLD_ADVISORIES,
}
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
MACHINE = Machine("v1 0123", disk_free=90, disk_size=100)


def read(backend: Backend, machine: Machine = MACHINE) -> SiteStatus:
    return StatusService(backend, "folder", lambda: NOW).read(machine)


def test_a_new_site_has_no_problems(backend: Backend) -> None:
    """A command that never ran is no problem."""
    status = read(backend)
    assert status.problems == ()
    assert status.to_dict()["last"] == {"check": None, "audit": None, "advisories": None}
    assert json.loads(json.dumps(status.to_dict()))["healthy"] is True


def test_photos_and_queues_are_counted(backend: Backend) -> None:
    backend.catalog.publish(make_photo())
    backend.catalog.publish(make_photo(awaiting_review=True, state=PhotoState.PENDING))
    status = read(backend).to_dict()
    assert status["photos"]["count"] == 2
    assert status["queues"] == {"moving": 0, "pending": 1, "reports": 0}


@pytest.mark.parametrize(
    ("kind", "result", "problem"),
    [
        (RunKind.CHECK, RunResult(NOW, findings={"stale sidecar": 1}), Problem.CHECK),
        (RunKind.CHECK, RunResult(NOW, is_complete=False), Problem.CHECK),
        (RunKind.CHECK, RunResult(NOW, findings={"stale sidecar": 1}, repaired=1), None),
        (RunKind.AUDIT, RunResult(NOW, findings={"location": 1}), Problem.AUDIT),
        (RunKind.ADVISORIES, RunResult(NOW, findings={WITH_FIX: 1}), Problem.ADVISORIES),
        (RunKind.ADVISORIES, RunResult(NOW, findings={"without a fix": 1}), None),
        (RunKind.ADVISORIES, RunResult(NOW, is_complete=False), None),
    ],
)
def test_bad_results_are_problems(
    backend: Backend, kind: RunKind, result: RunResult, problem: Problem | None
) -> None:
    """A vulnerability without a fix is none: no upgrade helps. Neither is PyPI's silence."""
    store_result(backend.run_results, kind, result)
    assert read(backend).problems == ((problem,) if problem else ())


@pytest.mark.parametrize("kind", RunKind)
@pytest.mark.parametrize(
    ("age", "is_old"), [(0, False), (14, False), (16, True), (700, True), (-700, True)]
)
@pytest.mark.parametrize("is_weekly", [False, True])
def test_old_results_are_a_problem(
    backend: Backend, kind: RunKind, age: int, is_old: bool, is_weekly: bool
) -> None:
    """The timer is dead, PyPI is silent, or the clock was wrong, unless no timer is to run."""
    for each in RunKind:
        store_result(backend.run_results, each, RunResult(NOW))
    store_result(backend.run_results, kind, RunResult(NOW - timedelta(days=age)))
    status = StatusService(backend, "folder", lambda: NOW, is_weekly=is_weekly).read(MACHINE)
    assert status.problems == ((OLD[kind],) if is_old and is_weekly else ())


def test_a_full_disk_is_a_problem(backend: Backend) -> None:
    assert read(backend, Machine("v1", disk_free=4, disk_size=100)).problems == (Problem.DISK,)


@pytest.mark.parametrize(
    ("ends", "overdue", "is_missing", "problem"),
    [
        (30, 1, False, None),
        (29, -1, False, Problem.NOT_RENEWED),
        (-1, -30, False, Problem.EXPIRED),
        (-1, None, False, Problem.EXPIRED),
        (1, None, False, None),
        (None, None, False, None),
        (None, None, True, Problem.NO_CERTIFICATE),
    ],
)
def test_a_certificate_that_was_not_renewed_is_a_problem(
    backend: Backend,
    ends: int | None,
    overdue: int | None,
    is_missing: bool,
    problem: Problem | None,
) -> None:
    """It is one long before its end, which visitors would notice. Days from now are given."""

    def later(days: int | None) -> datetime | None:
        return None if days is None else NOW + timedelta(days=days)

    machine = Machine("v1", 90, 100, later(ends), later(overdue), is_missing)
    assert read(backend, machine).problems == ((problem,) if problem else ())


@pytest.mark.parametrize(("part", "problem"), [(0, Problem.OBJECTS), (1, Problem.CATALOG)])
def test_a_storage_that_fails_is_a_problem(
    backend: Backend, monkeypatch: pytest.MonkeyPatch, part: int, problem: Problem
) -> None:
    """Values that cannot be read are unknown, and the rest is there."""

    def fail(*_args: object, **_options: object) -> None:
        raise StorageUnavailable("the storage is gone")

    port = (backend.objects, backend.catalog)[part]
    monkeypatch.setattr(type(port), "ping", fail)
    if problem is Problem.CATALOG:
        monkeypatch.setattr(type(port), "usage", fail)
    status = read(backend)
    assert status.problems == (problem,)
    assert (status.kept is None) is (problem is Problem.CATALOG)
    assert status.to_dict()["disk"] == {"free": 90, "size": 100}


def test_photos_with_the_keys_of_an_earlier_version_are_a_problem(backend: Backend) -> None:
    """The site does not start with them."""
    backend.objects.put("hidden/01M8PJAPDJ0000002E2R4XZJ7X/320.jpg", b"")
    assert read(backend).problems == (Problem.OLD_KEYS,)


def test_a_read_that_fails_is_a_problem_of_the_catalog(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_results: object) -> None:
        raise StorageUnavailable("the storage is gone")

    monkeypatch.setattr(type(backend.run_results), "read_all", fail)
    assert read(backend).problems == (Problem.CATALOG,)
