"""Objects under the keys of an earlier version.

Covers app.cli.keys, app.services.operations.old_keys.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from unittest import mock

import pytest
from flask import Flask

from app import create_app
from app.backends import build_backend
from app.config import Config
from app.domain import object_keys
from app.domain.errors import StorageUnavailable
from app.domain.photo import Photo
from app.maintenance import migrate_keys
from app.services.operations.old_keys import has_old_keys, new_key_of
from app.services.operations.run_results import RunKind, last_results
from app.services.ports import ObjectStore
from app.storage.aws.cloudfront import CloudFrontInvalidation
from tests.backends import BUCKET, REGION, TABLE, Backend, aws_backend, local_backend
from tests.cli.test_cli import run
from tests.conftest import services_of
from tests.maintenance.conftest import contents

PHOTO_ID = "01M8ME6PM30000002E3XAS2MFH"
COMMANDS = (
    *(["check"], ["repair", "--all-orphans", "--apply"], ["rebuild"], ["audit"], ["purge"]),
    *(["export", "export"], ["import", "photos"]),
)


def keys_of(objects: ObjectStore) -> set[str]:
    return {stored.key for stored in objects.list("")}


def without_partition(key: str) -> str:
    """Return the key that the earlier version gave to the object."""
    return "/".join(name for place, name in enumerate(key.split("/")) if place != 1)


def move_to_old_keys(objects: ObjectStore) -> None:
    """Leave the objects of photos as the earlier version stored them."""
    for key in filter(object_keys.photo_id_of, keys_of(objects)):
        objects.copy(key, without_partition(key))
        objects.delete([key])


def failing_after(number: int, call: Callable[..., None]) -> Callable[..., None]:
    """Return the call with a failure of all but the first ones."""
    calls = count()

    def limited(*arguments: object) -> None:
        if next(calls) >= number:
            raise StorageUnavailable("The disk is gone.")
        call(*arguments)

    return limited


@pytest.fixture
def old(backend: Backend, collection: list[Photo]) -> Backend:
    """The backend with a collection that the earlier version stored."""
    assert collection
    move_to_old_keys(backend.objects)
    return backend


def test_a_migration_moves_every_object(app: Flask, backend: Backend, old: Backend) -> None:
    """A second one moves nothing, and the check finds nothing."""
    before = keys_of(old.objects)
    assert has_old_keys(old.objects)
    assert run(app, "migrate-keys").output == f"{len(before)} objects moved.\n"
    after = keys_of(old.objects)
    assert all(map(object_keys.photo_id_of, after))
    assert {without_partition(key) for key in after} == before
    assert not has_old_keys(old.objects)
    assert run(app, "migrate-keys").output == "0 objects moved.\n"
    assert "No problems found." in run(app, "check", "--sidecars", "--stopped").output


def test_an_interrupted_migration_is_completed(
    old: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At every moment, each object is under its old or its new key."""
    objects, before = old.objects, keys_of(old.objects)
    bodies = {key: objects.get(key) for key in before}
    for method in ("copy", "delete"):
        with monkeypatch.context() as patches:
            patches.setattr(objects, method, failing_after(2, getattr(objects, method)))
            with pytest.raises(StorageUnavailable):
                list(migrate_keys(objects))
        assert has_old_keys(objects)
        for key, body in bodies.items():
            place = key if objects.exists(key) else new_key_of(key) or ""
            assert objects.get(place) == body
    list(migrate_keys(objects))
    assert {without_partition(key): objects.get(key) for key in keys_of(objects)} == bodies


def test_the_object_under_the_old_key_is_the_newer_one(backend: Backend) -> None:
    """After a rollback, the earlier version has stored an edit beside the migrated object."""
    old_key = f"records/{PHOTO_ID}.json"
    new_key = new_key_of(old_key) or ""
    backend.objects.put(new_key, b"before")
    backend.objects.put(old_key, b"edited")
    assert list(migrate_keys(backend.objects)) == [old_key]
    assert backend.objects.get(new_key) == b"edited"
    assert keys_of(backend.objects) == {new_key}


def test_foreign_files_are_left(tmp_path: Path) -> None:
    """A file manager may have stored one: it is no reason to stop the site."""
    objects = local_backend(tmp_path).objects
    foreign = f"photos/{PHOTO_ID}/Thumbs.db"
    objects.put(foreign, b"")
    assert not has_old_keys(objects)
    assert list(migrate_keys(objects)) == []
    assert keys_of(objects) == {foreign}


def test_copies_in_a_cdn_are_left_to_expire(config: Config) -> None:
    """Each path that is invalidated costs, and the photos stay public."""
    behind_cdn = replace(
        config,
        photo_bucket=BUCKET,
        photo_table=TABLE,
        aws_region=REGION,
        media_base_url="https://cdn.example.org",
        cloudfront_distribution_id="E2QWRUHAPOMQZL",
    )
    with (
        aws_backend() as stored,
        mock.patch("app.periodic_tasks.start"),
        mock.patch.object(CloudFrontInvalidation, "invalidate") as invalidate,
    ):
        behind = Backend.of(build_backend(behind_cdn), "aws")
        site = create_app(behind_cdn, services_of(behind, behind_cdn))
        stored.objects.put(f"photos/{PHOTO_ID}/320.jpg", b"")
        assert run(site, "migrate-keys").output == "1 objects moved.\n"
        assert keys_of(stored.objects) == {f"photos/H/{PHOTO_ID}/320.jpg"}
        invalidate.assert_not_called()


def test_no_command_changes_a_site_with_old_keys(
    app: Flask, old: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each says what to do. Otherwise a repair would take all photos for broken ones."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "photos").mkdir()
    before = contents(old)
    for arguments in COMMANDS:
        ended = run(app, *arguments)
        assert ended.exit_code == 1, arguments
        assert "then run the command migrate-keys" in ended.output, arguments
        assert contents(old) == before
    last = last_results(old.run_results)
    assert [last[kind].is_complete for kind in (RunKind.CHECK, RunKind.AUDIT)] == [False, False]


def test_an_old_export_is_neither_imported_nor_extended(
    app: Flask, backend: Backend, collection: list[Photo], tmp_path: Path
) -> None:
    """It has the same keys as the site that wrote it, until the command moves its files."""
    assert collection
    folder = tmp_path / "export"
    sidecar = folder / "records" / f"{PHOTO_ID}.json"
    sidecar.parent.mkdir(parents=True)
    sidecar.write_text("{}")
    for command in ("import", "export"):
        refused = run(app, command, str(folder))
        assert refused.exit_code == 1
        assert f"{folder} is an export of an earlier version." in refused.output
        assert f"Run: flask --app app migrate-keys {folder}" in refused.output
    assert [path.name for path in folder.iterdir()] == ["records"]
    assert run(app, "migrate-keys", str(folder)).output == "1 objects moved.\n"
    assert (folder / "records" / "H" / sidecar.name).read_text() == "{}"
    assert run(app, "export", str(folder)).exit_code == 0


def test_a_folder_that_is_no_export_is_not_migrated(app: Flask, tmp_path: Path) -> None:
    """The operator may have named the wrong folder."""
    (tmp_path / "pier.jpg").write_bytes(b"a photo")
    refused = run(app, "migrate-keys", str(tmp_path))
    assert refused.exit_code == 1
    assert f"{tmp_path} is not an export of Shoebox." in refused.output
    assert "objects moved" not in refused.output


def test_a_migrated_export_has_nothing_to_move(
    app: Flask, collection: list[Photo], tmp_path: Path
) -> None:
    """A second migration of an export succeeds, like that of a site."""
    folder = tmp_path / "export"
    assert collection
    assert run(app, "export", str(folder)).exit_code == 0
    assert run(app, "migrate-keys", str(folder)).output == "0 objects moved.\n"


@pytest.mark.parametrize(
    ("old_key", "new_key"),
    [
        (f"photos/{PHOTO_ID}/320.jpg", f"photos/H/{PHOTO_ID}/320.jpg"),
        (f"trash/{PHOTO_ID}/record.json", f"trash/H/{PHOTO_ID}/record.json"),
        (f"records/{PHOTO_ID}.json", f"records/H/{PHOTO_ID}.json"),
        (f"photos/H/{PHOTO_ID}/320.jpg", None),
        (f"records/H/{PHOTO_ID}.json", None),
        (f"records/albums/{PHOTO_ID}.json", None),
        (f"photos/{PHOTO_ID}.json", None),
        (f"records/{PHOTO_ID}/320.jpg", None),
        (f"photos/{PHOTO_ID.lower()}/320.jpg", None),
        ("photos/notes.json", None),
        (f"photos/{PHOTO_ID}/Thumbs.db", None),
        (f"photos/{PHOTO_ID}/.DS_Store", None),
    ],
)
def test_only_keys_of_the_earlier_version_are_old(old_key: str, new_key: str | None) -> None:
    assert new_key_of(old_key) == new_key
