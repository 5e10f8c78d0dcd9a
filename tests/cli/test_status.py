"""The command `status`."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import gettempdir
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
from flask import Flask

from app import create_app
from app.backends import build_backend
from app.config import Config
from app.operator_settings import OperatorSettings
from app.services.factory import Services
from app.services.operations.run_results import WITH_FIX, RunKind, RunResult, store_result
from app.storage.local.sqlite import SqliteCatalog
from tests.backends import Backend
from tests.cli.test_cli import run
from tests.conftest import ADMIN_PASSWORD
from tests.maintenance.conftest import add
from tests.services.operations.test_run_results import UNUSABLE, WHOLE
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
    assert (result.exit_code, "last check is older than 15 days" in result.output) == (1, True)
    config = replace(config, operations=OperatorSettings(weekly_check=False))
    assert run(create_app(config, services), "status").exit_code == 0


@pytest.mark.parametrize("kind", RunKind)
def test_the_status_names_the_command_whose_result_is_old(
    app: Flask, backend: Backend, kind: RunKind
) -> None:
    """The others ran today."""
    for each in RunKind:
        age = timedelta(days=16 if each is kind else 0)
        store_result(backend.run_results, each, RunResult(ENDED - age))
    [problem] = json.loads(run(app, "status", "--json").output)["problems"]
    name = "answer of PyPI" if kind is RunKind.ADVISORIES else kind
    assert (name in problem, "older than 15 days" in problem) == (True, True), problem


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


@pytest.mark.parametrize(
    "changed",
    [*UNUSABLE, {"notes": ["\ud800 \x1b[2J"]}, {"findings": {"\ud800": 1}}, {"is_complete": "no"}],
)
def test_a_stored_result_that_is_damaged_breaks_nothing(
    config: Config, services: Services, backend: Backend, changed: dict[str, Any]
) -> None:
    """It counts as none, in the status, on its page and in the weekly command."""
    for kind in RunKind:
        backend.run_results.store(kind, json.dumps(WHOLE | changed))
    app = create_app(replace(config, admin_password=ADMIN_PASSWORD), services)
    for options in ((), ("--json",)):
        shown = run(app, "status", *options)
        assert isinstance(shown.exception, SystemExit | None), shown.exception
    with mock.patch("app.maintenance.operations.advisories.fetch", side_effect=OSError):
        assert "No problems found." in run(app, "weekly", "--force").output
    for kind in RunKind:
        backend.run_results.store(kind, json.dumps(WHOLE | changed))
    run(app, "weekly")
    authorized = {"Authorization": f"Bearer {ADMIN_PASSWORD}"}
    assert Visitor(app).get("/admin/status", headers=authorized).status_code == 200


def damage(path: Path) -> str:
    path.write_bytes(b"no database " * 1000)
    return "it is not an SQLite file"


def make_later(path: Path) -> str:
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 99")
    return "a later Shoebox made it"


def lose(path: Path) -> str:
    path.unlink()
    return "is missing, although there are photos"


@pytest.mark.parametrize("break_catalog", [damage, make_later, lose])
def test_the_status_says_why_the_catalog_fails(
    config: Config, break_catalog: Callable[[Path], str]
) -> None:
    backend = build_backend(config)
    assert isinstance(backend.catalog, SqliteCatalog)
    add(backend)
    backend.catalog.close()
    for path in config.photo_dir.glob(f"{config.catalog_file.name}-*"):
        path.unlink()
    cause = break_catalog(config.catalog_file)
    with mock.patch("app.backends._is_command", return_value=True):
        app = create_app(config)
    shown = run(app, "status")
    assert shown.exit_code == 1
    assert f"health:      the catalog does not answer\n{'':<13}" in shown.output
    assert cause in shown.output
    assert cause in json.loads(run(app, "status", "--json").output)["causes"][0]
