"""Operator commands of a site with photos in an object store and its catalog in SQLite."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.backends import build_backend
from app.config import Config
from app.domain import object_keys
from app.domain import photo_ids as photo_ids_
from app.storage.local.sqlite import SqliteCatalog
from app.web.context import photo_service
from tests.backends import Backend
from tests.cli.test_cli import run
from tests.conftest import services_of
from tests.object_stores.test_site import change, keys_of, upload
from tests.visitor import Visitor

pytestmark = pytest.mark.exhaustive("object stores")


@pytest.fixture
def photo_ids(visitor: Visitor) -> list[str]:
    """A public, a hidden and a deleted photo."""
    ids = [upload(visitor, title=title, tags="sea") for title in ("Pier", "Door", "Wall")]
    change(visitor, ids[1], "hide")
    change(visitor, ids[2], "delete")
    return ids


def assert_consistent(app: Flask) -> None:
    checked = run(app, "check", "--sidecars", "--stopped")
    assert (checked.output, checked.exit_code) == ("No problems found.\n", 0)


def site_of(config: Config) -> Flask:
    """Return the site that a restart would start."""
    return create_app(config, services_of(Backend.of(build_backend(config), "store"), config))


def lose_catalog(backend: Backend, config: Config) -> None:
    assert isinstance(backend.catalog, SqliteCatalog)
    backend.catalog.close()
    for file in config.photo_dir.glob(f"{config.catalog_file.name}*"):
        file.unlink()


def test_a_lost_catalog_is_rebuilt_from_the_bucket(
    app: Flask, backend: Backend, config: Config, photo_ids: list[str]
) -> None:
    """All photos come back as they were, the hidden and the deleted one too."""
    before = {photo.photo_id: photo for photo in backend.catalog.photos()}
    assert set(before) == set(photo_ids)
    lose_catalog(backend, config)
    restarted = site_of(config)
    rebuilt = run(restarted, "rebuild", "--apply")
    assert rebuilt.exit_code == 0, rebuilt.output
    with restarted.app_context():
        after = {photo_id: photo_service().get_any_state(photo_id) for photo_id in photo_ids}
    assert after == before
    assert_consistent(restarted)


def test_an_older_catalog_is_brought_up_to_date(
    visitor: Visitor, backend: Backend, config: Config, photo_ids: list[str]
) -> None:
    """After a backup, a photo was added, one was edited, one was hidden and one was deleted."""
    public = [photo_ids[0], *(upload(visitor, title=title) for title in ("Gate", "Roof"))]
    assert isinstance(backend.catalog, SqliteCatalog)
    backend.catalog.close()
    saved = config.catalog_file.read_bytes()
    upload(visitor, title="Lane")
    visitor.submit(f"/photos/{public[0]}/edit", title="Jetty")
    change(visitor, public[1], "hide")
    change(visitor, public[2], "delete")
    before = {photo.photo_id: photo for photo in backend.catalog.photos()}
    lose_catalog(backend, config)
    config.catalog_file.write_bytes(saved)
    restarted = site_of(config)
    rebuilt = run(restarted, "rebuild", "--apply")
    assert rebuilt.exit_code == 0, rebuilt.output
    with restarted.app_context():
        after = {photo_id: photo_service().get_any_state(photo_id) for photo_id in before}
    assert after == before
    assert_consistent(restarted)


def test_an_export_is_imported_into_another_site(
    app: Flask, config: Config, photo_ids: list[str], tmp_path: Path
) -> None:
    """A backup of everything needs neither the bucket nor the catalog."""
    exported = run(app, "export", str(tmp_path / "export"))
    assert exported.exit_code == 0, exported.output
    other = replace(config, photo_dir=tmp_path / "other", photo_bucket=None)
    site = site_of(other)
    imported = run(site, "import", str(tmp_path / "export"))
    assert imported.exit_code == 0, imported.output
    assert_consistent(site)
    with site.app_context():
        states = [photo_service().get_any_state(photo_id).state for photo_id in photo_ids]
    assert states == ["public", "hidden", "trashed"]


def test_repair_deletes_orphans_and_hides_broken_photos(
    app: Flask, backend: Backend, photo_ids: list[str]
) -> None:
    """The findings of `check` are repaired in the bucket and in the catalog.

    An object that the check of the start could not delete is an orphan too.
    """
    photo = backend.catalog.get(photo_ids[0])
    backend.objects.put(object_keys.rendition(photo.photo_id, 9999), b"orphan")
    backend.objects.delete([object_keys.sidecar(photo.photo_id)])
    probe = object_keys.named(photo_ids_.first_id_at(datetime.now(UTC)), "123.jpg", "hidden/")
    backend.objects.put(probe, b"private")
    found = run(app, "check", "--sidecars", "--stopped")
    assert found.output.splitlines()[-1] == "3 findings."
    repaired = run(app, "repair", "--apply", "--sidecars", "--stopped")
    assert repaired.exit_code == 0, repaired.output
    assert_consistent(app)


def test_purge_empties_the_trash(
    app: Flask, backend: Backend, config: Config, photo_ids: list[str]
) -> None:
    """No rule of the bucket does. The other photos stay."""
    later = datetime.now(UTC) + timedelta(days=31)
    services = services_of(backend, config, now=lambda: later)
    assert services.photos.purge() == 1
    assert not [key for key in keys_of(backend) if key.startswith("trash/")]
    assert {photo.photo_id for photo in backend.catalog.photos()} == set(photo_ids[:2])
    assert_consistent(app)


def test_destroy_names_what_it_leaves(app: Flask, config: Config) -> None:
    """It deletes resources of AWS; the bucket may be anywhere."""
    refused = run(app, "destroy")
    assert refused.exit_code != 0
    assert str(config.photo_dir) in refused.output
    assert str(config.photo_bucket) in refused.output
