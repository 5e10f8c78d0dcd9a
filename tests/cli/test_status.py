"""The command `status`."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import gettempdir
from types import SimpleNamespace

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.operator_settings import OperatorSettings
from app.services.factory import Services
from app.services.operations.run_results import WITH_FIX, RunKind, RunResult, store_result
from tests.backends import Backend
from tests.cli.test_cli import run
from tests.visitor import Visitor

ENDED = datetime.now(UTC) - timedelta(hours=1)


def test_a_healthy_site_exits_with_0(app: Flask, visitor: Visitor, backend: Backend) -> None:
    visitor.add()
    store_result(backend.run_results, RunKind.CHECK, RunResult(ENDED))
    result = run(app, "status")
    assert result.exit_code == 0, result.output
    assert "health:      good" in result.output
    assert "photos:      1, " in result.output
    assert f"check:       {ENDED:%Y-%m-%d %H:%M} UTC, no findings, 0 repaired" in result.output
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


def test_old_results_exit_with_1_unless_the_site_has_no_weekly_check(
    config: Config, services: Services, backend: Backend
) -> None:
    """A timer that does not run any more is noticed."""
    store_result(backend.run_results, RunKind.CHECK, RunResult(ENDED - timedelta(days=660)))
    result = run(create_app(config, services), "status")
    assert (result.exit_code, "have not run for 15 days" in result.output) == (1, True)
    config = replace(config, operations=OperatorSettings(weekly_check=False))
    assert run(create_app(config, services), "status").exit_code == 0


@pytest.mark.parametrize(
    ("settings", "name", "is_disk_of_photos"),
    [
        ({}, "folder", True),
        ({"photo_bucket": "photos"}, "S3 + SQLite", True),
        ({"photo_bucket": "photos", "photo_table": "photos"}, "AWS", False),
    ],
)
def test_the_backend_and_its_disk(
    config: Config,
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
    settings: dict[str, str],
    name: str,
    is_disk_of_photos: bool,
) -> None:
    """The catalog of another object store is in PHOTO_DIR, whose disk must not be full."""
    asked: list[Path] = []

    def disk_usage(folder: Path) -> SimpleNamespace:
        asked.append(folder)
        return SimpleNamespace(free=50, total=100)

    monkeypatch.setattr("app.services.operations.machine.shutil.disk_usage", disk_usage)
    config = replace(config, **settings)  # type: ignore[arg-type]
    shown = json.loads(run(create_app(config, services), "status", "--json").output)
    assert shown["backend"] == name
    assert asked == [config.photo_dir if is_disk_of_photos else Path(gettempdir())]
