"""The command `audit` finds private metadata in stored images, and removes it."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain import object_keys
from app.imaging.privacy_scan import find_private_metadata
from tests.backends import Backend, local_backend
from tests.cli.test_cli import run
from tests.conftest import services_of
from tests.sample_images import jpeg, phone_exif
from tests.visitor import Visitor


@pytest.fixture
def backend(tmp_path: Path) -> Backend:
    """Only the local backend serves its objects in a test."""
    return local_backend(tmp_path)


def leak(app: Flask, backend: Backend) -> str:
    """Publish a photo, replace its original by an uncleaned one, and return the key."""
    key = object_keys.original(Visitor(app).add(), "image/jpeg")
    backend.objects.put(key, jpeg(exif=phone_exif()))
    return key


def test_clean_photos_have_no_findings(app: Flask) -> None:
    """The public objects of a phone photo, its AVIF too, have no private metadata."""
    Visitor(app).upload(jpeg(320, 240, exif=phone_exif()))
    audited = run(app, "audit")
    assert audited.output == "3 objects read: 0 findings.\n"
    assert audited.exit_code == 0


@pytest.mark.parametrize("keep_location", [True, False])
def test_a_leak_is_listed(config: Config, backend: Backend, *, keep_location: bool) -> None:
    """The command exits with 1. A location is no finding if locations are kept."""
    app = create_app(replace(config, keep_location=keep_location), services_of(backend, config))
    key = leak(app, backend)
    audited = run(app, "audit")
    assert audited.exit_code == 1
    assert f"serial: {key}" in audited.output
    assert (f"location: {key}" in audited.output) is not keep_location


def test_an_object_without_a_record_is_read(app: Flask, backend: Backend) -> None:
    """The audit reads the objects that exist, not those that the catalog knows."""
    key = object_keys.original("01HZZZZZZZZZZZZZZZZZZZZZZZ", "image/jpeg")
    backend.objects.put(key, jpeg(exif=phone_exif()))
    assert f"location: {key}" in run(app, "audit").output
    assert run(app, "audit", "--fix").exit_code == 0
    assert run(app, "audit").exit_code == 0


def test_an_object_that_cannot_be_parsed_is_reported_and_stays(
    app: Flask, backend: Backend
) -> None:
    key = object_keys.original(Visitor(app).add(), "image/jpeg")
    backend.objects.put(key, b"no image")
    audited = run(app, "audit", "--fix")
    assert f"unreadable: {key}" in audited.output
    assert f"not fixed: {key}" in audited.output
    assert audited.exit_code == 1
    assert backend.objects.get(key) == b"no image"


def test_fix_removes_the_metadata(app: Flask, backend: Backend) -> None:
    """Afterwards the audit and the integrity check find nothing."""
    key = leak(app, backend)
    fixed = run(app, "audit", "--fix")
    assert fixed.exit_code == 0
    assert " fixed." in fixed.output
    assert b"Exif" not in backend.objects.get(key)
    assert run(app, "audit").exit_code == 0
    assert "No problems found." in run(app, "check", "--sidecars", "--stopped").output


@pytest.mark.parametrize("verb", ["hide", "delete"])
def test_a_private_photo_has_no_location_when_it_becomes_public(
    app: Flask, backend: Backend, visitor: Visitor, verb: str
) -> None:
    """The audit reads and fixes the originals of hidden and deleted photos too."""
    photo_id = visitor.add()
    key = object_keys.original(photo_id, "image/jpeg")
    backend.objects.put(key, jpeg(exif=phone_exif()))  # as an earlier version stored it
    fields = visitor.fields("/upload")
    visitor.post(f"/photos/{photo_id}/{verb}", fields)
    prefix = object_keys.HIDDEN_PREFIX if verb == "hide" else object_keys.TRASH_PREFIX
    assert f"location: {object_keys.moved(key, prefix)}" in run(app, "audit").output
    assert run(app, "audit", "--fix").exit_code == 0
    undo = "unhide" if verb == "hide" else "restore"
    assert visitor.post(f"/photos/{photo_id}/{undo}", fields).status_code == 303
    published = Visitor(app).get(backend.objects.url(key)).data
    assert find_private_metadata(published) == set()


def test_an_object_that_cannot_be_read_is_not_counted_as_fixed(
    app: Flask, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of a CDN says nothing about the object."""
    key = leak(app, backend)

    def fail(_self: object, requested: str) -> str:
        return f"/nowhere/{requested}"

    monkeypatch.setattr(type(backend.objects), "url", fail)
    audited = run(app, "audit", "--fix")
    assert f"unreadable: {key}" in audited.output
    assert audited.exit_code == 1
    assert ", 0 fixed." in audited.output
