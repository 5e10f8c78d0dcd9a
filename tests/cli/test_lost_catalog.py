"""No command hides that the catalog was lost, or loses photos because of it.

Covers app.cli.catalog, app.services.operations.lost_catalog.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from unittest import mock

import boto3
import pytest
from flask import Flask
from moto import mock_aws

from app import cli, create_app, maintenance
from app.backends import build_backend
from app.config import Config
from app.domain.albums.album_text import AlbumText
from app.maintenance.operations import advisories
from app.operator_settings import OperatorSettings
from app.services.factory import Services
from app.services.operations.run_results import RunKind, last_results
from app.storage.local.sqlite import SqliteCatalog
from app.web.context import storage_backend
from tests.backends import BUCKET, REGION, Backend, aws_environment, one_call_at_a_time
from tests.cli.test_cli import run
from tests.maintenance.conftest import (
    OWNER,
    add,
    lose_catalog,
    lose_record,
    plain_service,
    publish,
    upload,
)
from tests.sample_images import jpeg

__all__ = ["lose_catalog"]  # a fixture

ARGUMENTS = {"export": "export", "import": "photos"}  # folders
OPTIONS = ("", "--apply", "--apply --stopped", "--json", "--force", "--plan")
CREATES = {("rebuild", "--apply")}
PENDING = {"awaiting_review": True}
STATES: tuple[dict[str, Any], ...] = ({}, {"is_draft": True}, {"unlisted": True}, PENDING)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer for PyPI and the public URLs, and do not wait."""
    monkeypatch.setattr(advisories, "fetch", lambda _url: b'{"vulnerabilities": []}')
    monkeypatch.setattr("app.cli.audit._anonymous_fetcher", lambda: lambda _url: jpeg())
    monkeypatch.setattr("app.cli.integrity.sleep_with_notice", lambda _seconds: None)


@pytest.fixture(params=["local", "store"])
def settings(request: pytest.FixtureRequest, config: Config) -> Iterator[Config]:
    """The settings of a site with an SQLite file."""
    config = replace(config, operations=OperatorSettings(check_repair=True))
    if request.param == "local":
        yield config
        return
    with aws_environment(), mock_aws(), one_call_at_a_time():
        boto3.client("s3", REGION).create_bucket(Bucket=BUCKET)
        yield replace(config, photo_bucket=BUCKET, aws_region=REGION)


def command_app(config: Config) -> Flask:
    """Return the app that `flask` builds for a command."""
    with mock.patch("app.backends._is_command", return_value=True):
        return create_app(config)


def lose_file(config: Config, state: str) -> dict[str, bytes]:
    """Add a photo in this state, delete the SQLite file, and return all objects."""
    backend = build_backend(config)
    photo = add(backend)
    if state == "hidden":
        plain_service(Backend.of(backend, "lost")).hide(photo.photo_id, "admin")
    if state == "trashed":
        plain_service(Backend.of(backend, "lost")).delete(photo.photo_id)
    assert isinstance(backend.catalog, SqliteCatalog)
    backend.catalog.close()
    for path in config.photo_dir.glob("catalog.sqlite3*"):
        path.unlink()
    return {stored.key: backend.objects.get(stored.key) for stored in backend.objects.list("")}


@pytest.mark.parametrize("state", ["public", "hidden", "trashed"])
@pytest.mark.parametrize("is_empty", [False, True])
def test_no_command_creates_an_empty_catalog(
    settings: Config, tmp_path: Path, state: str, *, is_empty: bool
) -> None:
    """With any options, the file stays missing, and so the site does not start without photos.

    Programs such as `sqlite3` leave an empty file. Only `rebuild --apply` creates one.
    """
    before = lose_file(settings, state)
    if is_empty:
        settings.catalog_file.touch()
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "pier.jpg").write_bytes(jpeg())
    app = command_app(settings)
    for command in cli.COMMANDS:
        for options in OPTIONS:
            name = str(command.name)
            if (name, options) in CREATES:
                continue
            folder = [str(tmp_path / ARGUMENTS[name])] if name in ARGUMENTS else []
            run(app, name, *folder, *options.split())
            assert settings.catalog_file.exists() is is_empty, (name, options)
            assert not is_empty or settings.catalog_file.stat().st_size == 0, (name, options)
    with app.app_context():
        objects = storage_backend().objects
        after = {stored.key: objects.get(stored.key) for stored in objects.list("")}
    assert after == before


def test_the_status_names_the_missing_file_and_rebuild_helps(settings: Config) -> None:
    before = lose_file(settings, "public")
    app = command_app(settings)
    status = run(app, "status")
    assert status.exit_code == 1
    assert "is missing, although there are photos" in status.output
    assert "rebuild --apply" in status.output
    weekly = run(app, "weekly")
    assert weekly.exit_code == 1
    assert "rebuild --apply" in weekly.output
    planned = run(app, "rebuild")
    assert "1 added" in planned.output
    rebuilt = run(app, "rebuild", "--apply")
    assert "1 added" in rebuilt.output, rebuilt.output
    assert run(app, "check", "--stopped", "--sidecars").output == "No problems found.\n"
    assert len(before) == 5


def test_rebuild_needs_a_damaged_file_to_be_moved_away(settings: Config) -> None:
    """The error says so, and `rebuild --apply` then succeeds."""
    lose_file(settings, "public")
    settings.catalog_file.write_bytes(b"no database " * 1000)
    app = command_app(settings)
    refused = run(app, "rebuild", "--apply").output
    assert "move the file away and run `flask --app app rebuild --apply`" in refused
    settings.catalog_file.rename(settings.photo_dir / "damaged")
    assert "1 added" in run(app, "rebuild", "--apply").output


def test_a_new_site_gets_its_catalog_from_any_command(settings: Config) -> None:
    app = command_app(settings)
    assert run(app, "check").output == "No problems found.\n"
    assert settings.catalog_file.exists()


@pytest.mark.parametrize(
    "command", ["check", "repair --apply --stopped", "repair --apply", "weekly --force", "export"]
)
def test_an_empty_catalog_with_photos_is_an_error(
    app: Flask, backend: Backend, lose_catalog: Callable[[], None], tmp_path: Path, command: str
) -> None:
    """So it is if tables were lost and made again, for one photo of today. Every object stays."""
    add(backend)
    lose_catalog()
    next(backend.catalog.photos(), None)  # an earlier version created the file
    before = [stored.key for stored in backend.objects.list("")]
    folder = [str(tmp_path / "copy")] if command == "export" else []
    result = run(app, *command.split(), *folder)
    assert (result.exit_code, "rebuild --apply" in result.output) == (1, True), result.output
    assert not (tmp_path / "copy").exists()
    assert [stored.key for stored in backend.objects.list("")] == before
    status = run(app, "status")
    assert status.exit_code == 1
    assert "the catalog has no photo, although there are photos" in status.output
    if command != "export":
        result = last_results(backend.run_results)[RunKind.CHECK]
        assert not result.is_complete


@pytest.mark.parametrize("command", ["repair --apply --stopped", "weekly --force"])
@pytest.mark.parametrize("new", [1, len(STATES) + 1])
def test_repair_moves_no_photo_whose_record_may_be_lost(
    config: Config,
    services: Services,
    backend: Backend,
    lose_catalog: Callable[[], None],
    command: str,
    new: int,
) -> None:
    """The site went on with an empty catalog, and has photos again. `rebuild` helps later, too."""
    app = create_app(replace(config, operations=OperatorSettings(check_repair=True)), services)
    album = services.albums.create(OWNER, AlbumText("Party", ""))
    membership = services.albums.new_membership(album)
    uploads = [replace(upload(), albums=(membership,), **options) for options in STATES]
    kept = [publish(backend, each) for each in uploads]
    lose_catalog()
    for _ in range(new):
        add(backend)
    before = [stored.key for stored in backend.objects.list("")]
    with mock.patch.object(maintenance, "UPLOAD_GRACE", timedelta(0)):  # no upload is in progress
        repaired = run(app, *command.split())
    assert "rebuild --apply" in repaired.output
    assert [stored.key for stored in backend.objects.list("")] == before
    run(app, "rebuild", "--apply")
    assert [backend.catalog.get(photo.photo_id) for photo in kept] == kept
    assert run(app, "check", "--stopped", "--sidecars").exit_code == 0


def test_repair_moves_no_photo_that_an_interrupted_rebuild_left(
    app: Flask, backend: Backend, lose_catalog: Callable[[], None]
) -> None:
    kept = [add(backend) for _ in range(4)]
    lose_catalog()
    list(islice(maintenance.rebuild_photos(backend), 3))
    assert run(app, "repair", "--apply", "--stopped").exit_code == 1
    assert "1 added" in run(app, "rebuild", "--apply").output
    assert [backend.catalog.get(photo.photo_id) for photo in kept] == kept


@pytest.mark.parametrize("keeps_counters", [False, True], ids=["all", "records alone"])
@pytest.mark.parametrize("options", STATES, ids=str)
def test_the_status_notices_that_photos_of_any_state_lost_their_records(
    app: Flask,
    backend: Backend,
    lose_catalog: Callable[[], None],
    options: dict[str, Any],
    keeps_counters: bool,
) -> None:
    """On AWS, the table of the photos may be lost alone."""
    photo = publish(backend, replace(upload(), **options))
    assert run(app, "status").exit_code == 0
    if keeps_counters:
        lose_record(backend, photo)
        assert "photos:      1, " in run(app, "status").output
    else:
        lose_catalog()
        next(backend.catalog.photos(), None)
    status = run(app, "status")
    assert status.exit_code == 1
    assert "the catalog has no photo, although there are photos" in status.output


def test_a_site_with_albums_alone_is_complete(app: Flask, backend: Backend) -> None:
    """Neither are copies in the trash photos that lack a record."""
    backend.objects.put("records/albums/01M8PJAPDJ0000002E2R4XZJ7X.json", b"{}")
    backend.objects.put("trash/X/01M8PJAPDJ0000002E2R4XZJ7X/record.json", b"{}")
    assert run(app, "status").exit_code == 0
