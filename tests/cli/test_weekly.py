"""The weekly command, and the results that commands leave.

Covers app.cli.advisories, app.cli.recording.
"""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain import object_keys
from app.domain.errors import StorageUnavailable
from app.maintenance.operations import advisories
from app.operator_settings import OperatorSettings
from app.services.factory import Services
from app.services.operations.run_results import RunKind, RunResult, last_results, store_result
from tests.backends import Backend
from tests.cli.test_cli import run
from tests.visitor import Visitor

VULNERABLE = {"vulnerabilities": [{"id": "GHSA-1", "fixed_in": ["99.1"]}]}
UNFIXED = {"vulnerabilities": [{"id": "GHSA-2", "fixed_in": []}]}


@pytest.fixture(autouse=True)
def index(monkeypatch: pytest.MonkeyPatch, backend: Backend) -> dict[str, object]:
    """Answer for PyPI: no package has an advisory until a test says so. Public URLs work."""
    answers: dict[str, object] = {}

    def fetch(url: str) -> bytes:
        name = url.split("/")[-3]
        found = answers.get(name, answers.get("*", {"vulnerabilities": []}))
        if isinstance(found, Exception):
            raise found
        return json.dumps(found).encode()

    def read_public(url: str) -> bytes:
        return backend.objects.get(f"photos/{url.rpartition('photos/')[2]}")

    monkeypatch.setattr(advisories, "fetch", fetch)
    monkeypatch.setattr("app.cli.audit._anonymous_fetcher", lambda: read_public)
    monkeypatch.setattr("app.cli.integrity.sleep_with_notice", lambda _seconds: None)
    return answers


def test_weekly_runs_everything_and_stores_it(
    app: Flask, visitor: Visitor, backend: Backend
) -> None:
    visitor.add()
    result = run(app, "weekly")
    assert result.exit_code == 0, result.output
    last = last_results(backend.run_results)
    assert set(last) == set(RunKind)
    assert all(each.is_good for each in last.values())


def test_weekly_reports_and_goes_on(
    app: Flask, visitor: Visitor, backend: Backend, index: dict[str, object]
) -> None:
    """A finding of one command does not stop the next ones. Nothing is repaired by default."""
    index["flask"] = VULNERABLE
    backend.objects.delete([object_keys.rendition(visitor.add(), 160)])
    for _ in range(2):
        result = run(app, "weekly", "--force")
        assert result.exit_code == 1
    last = last_results(backend.run_results)
    assert last[RunKind.CHECK].findings == {"missing object": 1}
    assert last[RunKind.ADVISORIES].findings == {"with a fix": 1}
    assert last[RunKind.ADVISORIES].notes[0].startswith("flask ")


def test_weekly_repairs_if_the_setting_says_so(
    config: Config, services: Services, visitor: Visitor, backend: Backend
) -> None:
    """The result says how much was found and repaired."""
    photo_id = visitor.add()
    backend.objects.delete([object_keys.sidecar(photo_id)])
    app = create_app(replace(config, operations=OperatorSettings(check_repair=True)), services)
    backend.catalog.compare_and_set_tag_count("sea", 0, 5)
    assert run(app, "weekly").exit_code == 0
    last = last_results(backend.run_results)
    assert last[RunKind.CHECK].count == last[RunKind.CHECK].repaired > 0
    assert run(app, "check", "--sidecars").exit_code == 0


def test_a_second_instance_does_not_repeat_it(app: Flask, backend: Backend) -> None:
    """`--force` does. A check by hand alone is no weekly run."""
    now = datetime.now(UTC)
    store_result(backend.run_results, RunKind.CHECK, RunResult(now))
    assert "packages compared" in run(app, "weekly").output
    skipped = run(app, "weekly")
    assert (skipped.exit_code, "less than a day ago" in skipped.output) == (0, True)
    for kind in RunKind:
        store_result(backend.run_results, kind, RunResult(now - timedelta(days=2)))
    assert "packages compared" in run(app, "weekly").output


@pytest.mark.parametrize("kind", [RunKind.CHECK, RunKind.AUDIT])
@pytest.mark.parametrize("age", [timedelta(hours=1), timedelta(days=2), -timedelta(days=900)])
@pytest.mark.parametrize("is_complete", [True, False])
def test_only_complete_runs_of_the_last_day_count(
    app: Flask, backend: Backend, kind: RunKind, age: timedelta, is_complete: bool
) -> None:
    """A check that was killed on one instance is repeated by the next one."""
    now = datetime.now(UTC)
    for each in RunKind:
        store_result(backend.run_results, each, RunResult(now))
    last = RunResult(now - age, is_complete=is_complete)
    store_result(backend.run_results, kind, last)
    is_skipped = is_complete and abs(age) < timedelta(days=1)
    assert ("less than a day ago" in run(app, "weekly").output) is is_skipped


def test_a_plan_of_repairs_stores_nothing(app: Flask, backend: Backend) -> None:
    run(app, "repair")
    assert last_results(backend.run_results) == {}


def test_an_interrupted_check_is_not_complete(
    app: Flask, backend: Backend, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.add()

    def fail(_catalog: object) -> None:
        raise StorageUnavailable("the storage is gone")

    monkeypatch.setattr(type(backend.catalog), "photos", fail)
    assert run(app, "check").exit_code == 1
    assert not last_results(backend.run_results)[RunKind.CHECK].is_complete


def test_a_result_that_is_not_stored_does_not_hide_the_findings(
    app: Flask, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_results: object, _name: str, _text: str) -> None:
        raise StorageUnavailable("the storage is gone")

    monkeypatch.setattr(type(backend.run_results), "store", fail)
    result = run(app, "check")
    assert "No problems found." in result.output
    assert result.exit_code == 0


def test_packages_without_an_answer_keep_their_advisories(
    app: Flask, backend: Backend, index: dict[str, object]
) -> None:
    """The result says that the comparison is not complete. Others have the new answer."""
    index |= {"flask": VULNERABLE, "pillow": VULNERABLE}
    run(app, "advisories")
    index |= {"flask": OSError("no route"), "pillow": {"vulnerabilities": []}}
    result = run(app, "advisories")
    assert result.exit_code == 1
    assert "did not answer about 1 packages" in result.output
    last = last_results(backend.run_results)[RunKind.ADVISORIES]
    assert (last.is_complete, last.findings) == (False, {"with a fix": 1})
    assert last.notes[0].startswith("flask ")
    assert run(app, "status").exit_code == 1


def test_advisories_of_another_version_are_not_kept(
    app: Flask, backend: Backend, index: dict[str, object]
) -> None:
    found = RunResult(datetime.now(UTC), findings={"with a fix": 1}, notes=("flask 0.1: GHSA-1",))
    store_result(backend.run_results, RunKind.ADVISORIES, found)
    index["flask"] = OSError("no route")
    assert run(app, "advisories").exit_code == 0
    assert run(app, "status").exit_code == 0


@pytest.mark.parametrize("silent", ["flask", "*"])
def test_a_package_without_an_answer_for_weeks_is_a_problem(
    app: Flask, backend: Backend, index: dict[str, object], silent: str
) -> None:
    """An answer about the others does not make the result new. Check and audit ran today."""
    old = RunResult(datetime.now(UTC) - timedelta(days=16))
    store_result(backend.run_results, RunKind.ADVISORIES, old)
    index[silent] = OSError("no route")
    for _ in range(2):
        run(app, "weekly", "--force")
        status = run(app, "status")
        assert status.exit_code == 1
        assert "health:      the last complete answer of PyPI is older" in status.output
    index.clear()
    run(app, "weekly", "--force")
    assert run(app, "status").exit_code == 0


@pytest.mark.parametrize("found", [VULNERABLE, {"vulnerabilities": []}, UNFIXED])
def test_without_a_connection_the_last_result_stays(
    app: Flask, backend: Backend, index: dict[str, object], found: object
) -> None:
    """It is as old as it was."""
    index["flask"] = found
    first = run(app, "advisories")
    stored = backend.run_results.read_all()
    status = run(app, "status").exit_code
    index.clear()
    index["*"] = OSError("no route")
    assert run(app, "advisories").exit_code == first.exit_code
    assert backend.run_results.read_all() == stored
    assert run(app, "status").exit_code == status


def test_an_advisory_ends_with_status_1(app: Flask, index: dict[str, object]) -> None:
    index["pillow"] = VULNERABLE
    result = run(app, "advisories")
    assert "GHSA-1, fixed in 99.1" in result.output
    assert result.exit_code == 1
