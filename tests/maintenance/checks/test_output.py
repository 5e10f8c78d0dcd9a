"""The findings of a check and how the command shows them.

Covers app.maintenance.findings, app.maintenance.progress.
"""

import json
from unittest import mock

import pytest
from flask import Flask

from app.domain.errors import StorageUnavailable
from app.domain.photo import Photo
from app.maintenance import Finding, IntegrityCheck, rebuild_photos
from tests.backends import Backend
from tests.cli.test_cli import run
from tests.maintenance.conftest import add


def test_check_finds_nothing_after_ordinary_changes(app: Flask, collection: list[Photo]) -> None:
    """After uploads, edits, deletions and restorations a check finds nothing."""
    checked = run(app, "check", "--sidecars", "--stopped")
    assert (checked.output, checked.exit_code) == ("No problems found.\n", 0)


def test_findings_as_json(app: Flask, backend: Backend) -> None:
    """With --json each line is one finding."""
    photo = add(backend)
    backend.objects.delete([photo.object_keys[0]])
    checked = run(app, "check", "--json")
    assert [json.loads(line) for line in checked.output.splitlines()] == [
        {"kind": "missing object", "detail": photo.object_keys[0], "photo_id": photo.photo_id}
    ]
    assert checked.exit_code == 1


def test_storage_error_ends_the_check_with_its_message(
    app: Flask, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A check that cannot read the storage exits with the error message."""
    monkeypatch.setattr(
        backend.catalog, "photos", mock.Mock(side_effect=StorageUnavailable("The disk is gone."))
    )
    checked = run(app, "check")
    assert (checked.output, checked.exit_code) == ("Error: The disk is gone.\n", 1)


def test_findings_name_their_photo(backend: Backend) -> None:
    """Each finding has the id of its photo."""
    photo = add(backend)
    backend.objects.delete(photo.object_keys)
    assert list(IntegrityCheck(backend)) == [
        Finding("missing object", key, photo.photo_id) for key in photo.object_keys
    ]
    assert [result.photo_id for result in rebuild_photos(backend)] == [photo.photo_id]
