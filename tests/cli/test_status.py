"""The command `status`."""

import json
from datetime import UTC, datetime

from flask import Flask

from app.services.operations.run_results import WITH_FIX, RunKind, RunResult, store_result
from tests.backends import Backend
from tests.cli.test_cli import run
from tests.visitor import Visitor

ENDED = datetime(2026, 11, 30, 4, 5, tzinfo=UTC)


def test_a_healthy_site_exits_with_0(app: Flask, visitor: Visitor, backend: Backend) -> None:
    visitor.add()
    store_result(backend.run_results, RunKind.CHECK, RunResult(ENDED))
    result = run(app, "status")
    assert result.exit_code == 0, result.output
    assert "health:      good" in result.output
    assert "photos:      1, " in result.output
    assert "check:       2026-11-30 04:05 UTC, no findings, 0 repaired" in result.output
    assert "audit:       never" in result.output


def test_a_problem_exits_with_1(app: Flask, backend: Backend) -> None:
    """The lines and the JSON name it."""
    note = "flask 1.0: GHSA-1, fixed in 2.0"
    found = RunResult(ENDED, findings={WITH_FIX: 1}, notes=(note,))
    store_result(backend.run_results, RunKind.ADVISORIES, found)
    result = run(app, "status")
    assert result.exit_code == 1
    assert "known vulnerability" in result.output
    assert f"\n{'':<13}{note}\n" in result.output
    as_json = run(app, "status", "--json")
    assert as_json.exit_code == 1
    status = json.loads(as_json.output)
    assert status["healthy"] is False
    assert status["last"]["advisories"]["notes"] == [note]
