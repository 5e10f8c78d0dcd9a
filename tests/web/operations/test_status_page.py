"""The admin's page of the status.

Covers app.web.operations.status.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app import create_app
from app.config import Config
from app.domain.errors import StorageUnavailable
from app.operator_settings import OperatorSettings
from app.services.factory import Services
from app.services.operations.run_results import WITH_FIX, RunKind, RunResult, store_result
from tests.backends import Backend
from tests.visitor import Visitor

PASSWORD = "let me rule"
BEARER = {"Authorization": f"Bearer {PASSWORD}"}
ENDED = datetime.now(UTC) - timedelta(hours=1)


@pytest.fixture
def config(config: Config, tmp_path: Path) -> Config:
    expiry = OperatorSettings(certificate_expiry_file=tmp_path / "expiry")
    return replace(config, admin_password=PASSWORD, operations=expiry)


def test_only_the_admin_sees_it(visitor: Visitor, config: Config, services: Services) -> None:
    assert visitor.get("/admin/status").location == "/login?next=/admin/status"
    without = Visitor(create_app(replace(config, admin_password=None), services))
    assert without.get("/admin/status").status_code == 404


def test_it_shows_results_storage_and_machine(
    visitor: Visitor, backend: Backend, tmp_path: Path
) -> None:
    visitor.add()
    ends = datetime.now(UTC) + timedelta(days=60)
    (tmp_path / "expiry").write_text(f"notAfter={ends:%b %d %H:%M:%S %Y} GMT\n")
    found = RunResult(ENDED, findings={"stale sidecar": 3}, repaired=3)
    store_result(backend.run_results, RunKind.CHECK, found)
    page = visitor.get("/admin/status", headers=BEARER)
    assert page.status_code == 200
    assert "Everything works." in page.text
    assert "3 findings" in page.text
    assert "stale sidecar: 3" in page.text
    assert "1 photo" in page.text
    assert f"{ends:%Y-%m-%d}" in page.text


def test_it_names_problems(visitor: Visitor, backend: Backend) -> None:
    """Notes are shown as text."""
    note = "flask 1.0: <b>GHSA-1</b>"
    result = RunResult(ENDED, findings={WITH_FIX: 1}, notes=(note,))
    store_result(backend.run_results, RunKind.ADVISORIES, result)
    store_result(backend.run_results, RunKind.CHECK, RunResult(ENDED, is_complete=False))
    page = visitor.get("/admin/status", headers=BEARER).text
    assert "Everything works." not in page
    assert "Upgrade Shoebox." in page
    assert "The last check found problems, or did not end." in page
    assert "flask 1.0: &lt;b&gt;GHSA-1&lt;/b&gt;" in page


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (RunKind.CHECK, "Check of the collection"),
        (RunKind.AUDIT, "Search for private metadata"),
        (RunKind.ADVISORIES, "Known vulnerabilities of packages"),
    ],
)
def test_it_names_the_command_whose_result_is_old(
    visitor: Visitor, backend: Backend, kind: RunKind, name: str
) -> None:
    store_result(backend.run_results, kind, RunResult(ENDED - timedelta(days=16)))
    page = visitor.get("/admin/status", headers=BEARER).text
    assert f"<p>{name}: the last result is older than 15 days.</p>" in page


def test_a_failing_database_is_shown_and_not_an_error(
    visitor: Visitor, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page is for this case."""

    def fail(*_args: object, **_options: object) -> None:
        raise StorageUnavailable("the storage is gone")

    monkeypatch.setattr(type(backend.catalog), "usage", fail)
    monkeypatch.setattr(type(backend.catalog), "ping", fail)
    page = visitor.get("/admin/status", headers=BEARER)
    assert page.status_code == 200
    assert "The database does not answer." in page.text


@pytest.mark.parametrize(
    ("result", "text"),
    [(None, "never"), (RunResult(ENDED, findings={"stale sidecar": 1}), "It found problems")],
)
def test_the_first_page_shows_the_last_check(
    visitor: Visitor, backend: Backend, result: RunResult | None, text: str
) -> None:
    if result:
        store_result(backend.run_results, RunKind.CHECK, result)
    page = visitor.get("/admin", headers=BEARER).text
    assert text in page
    assert 'href="/admin/status"' in page
