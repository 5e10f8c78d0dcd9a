"""An import is planned first, resumes after a kill, and adds each file once.

Covers app.maintenance.importing.plan, app.maintenance.importing.report.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from pathlib import Path
from unittest import mock

import pytest
from flask import Flask

from app.domain import object_keys
from app.domain.errors import StorageUnavailable
from app.domain.photo_summary import PhotoState
from app.maintenance import IMPORT_OWNER, IntegrityCheck
from app.maintenance.importing import importer, inventory
from app.services.photo_service import PhotoService
from tests.backends import Backend
from tests.maintenance.importing.conftest import Site, Tree, small
from tests.visitor import Visitor

MANY = 3  # photos of a batch


class Killed(BaseException):
    """The process was killed."""


@contextmanager
def killed_at(backend: Backend, step: int, *, after: bool) -> Iterator[None]:
    """Kill the process at a step of its storage. From then on it has no effect."""
    steps = count(1)

    def killing(call: Callable[..., object]) -> Callable[..., object]:
        def run(*arguments: object) -> object:
            number = next(steps)
            if number > step or (number == step and not after):
                raise Killed
            answer = call(*arguments)
            if number == step:
                raise Killed
            return answer

        return run

    with ExitStack() as patches:
        for store, name in (
            (type(backend.objects), "put"),
            (type(backend.objects), "delete"),
            (type(backend.catalog), "publish"),
            (type(backend.catalog), "update"),
            (type(backend.albums), "create"),
            (type(backend.albums), "update"),
        ):
            method = killing(getattr(store, name))
            # A function, so that it becomes a method.
            patches.enter_context(
                mock.patch.object(store, name, lambda *arguments, run=method: run(*arguments))
            )
        yield


def test_a_plan_changes_nothing(site: Site, tree: Tree) -> None:
    """It lists every photo, and the import that follows reports the same numbers."""
    pier = small()
    folder = tree({"2019/pier.jpg": pier, "again.jpg": pier, "bad.jpg": b"", "notes.txt": ""})
    planned = site.run(folder, "--plan")
    assert "2019/pier.jpg; albums: 2019\n" in planned.output
    assert "copies of another file: again.jpg\n" in planned.output
    assert "Nothing was imported." in planned.output
    assert list(site.backend.objects.list("")) == []
    assert site.photos() == {}
    imported = site.run(folder)
    *planned_report, _ = planned.output.split("Folder: ")[1].splitlines()
    *_, report = imported.output.split("Folder: ")
    assert report.splitlines()[: len(planned_report) - 1] == planned_report[:-1]
    assert "1 added, 0 skipped, 1 failed." in imported.output
    assert imported.exit_code == 1


def test_a_repeated_import_adds_what_is_missing(
    site: Site, tree: Tree, service: PhotoService
) -> None:
    """A photo is known by its file, wherever it is and whatever it is named."""
    sea = small()
    folder = tree({"a.jpg": small(), "b/sea.jpg": sea})
    Visitor(site.app).upload(sea)
    assert "1 added, 1 skipped, 0 failed." in site.run(folder).output
    (folder / "a.jpg").rename(folder / "c.jpg")
    (folder / "d.jpg").write_bytes(small())
    assert "already here (2): b/sea.jpg, c.jpg" in site.run(folder, "--plan").output
    assert "1 added, 2 skipped, 0 failed." in site.run(folder).output
    assert "0 added, 3 skipped, 0 failed." in site.run(folder).output
    assert len(list(site.backend.catalog.photos())) == 3


@pytest.mark.parametrize("after", [False, True])
def test_an_import_resumes_after_a_kill_at_any_step(
    app: Flask, site: Site, tmp_path: Path, *, after: bool
) -> None:
    """Afterwards each photo is there once, whole and in its album, and a check finds no problem."""
    for step in count(1):
        folder = tmp_path / f"tree {step}"
        (folder / f"Album {step}").mkdir(parents=True)
        for name in "ab":
            (folder / f"Album {step}" / f"{step}{name}.jpg").write_bytes(small())
        is_killed = True
        with suppress(Killed), killed_at(site.backend, step, after=after):
            site.run(folder, "--albums")
            is_killed = False
        assert " 0 failed." in site.run(folder, "--albums").output
        assert {f"{step}a.jpg", f"{step}b.jpg"} <= set(site.photos())
        if not is_killed:
            break
    assert step > 8
    photos = site.photos().values()
    assert [len(photo.albums) for photo in photos] == [1] * 2 * step
    albums = list(site.backend.albums.all())
    assert sorted(album.title for album in albums) == sorted(f"Album {n + 1}" for n in range(step))
    assert {album.cover for album in albums} <= {photo.photo_id for photo in photos}
    with app.app_context():
        findings = [finding.detail for finding in IntegrityCheck(site.backend)]
    # The sidecars of albums belong to no photo.
    assert [detail for detail in findings if not detail.startswith("records/albums/")] == []


def test_a_failure_costs_one_photo(site: Site, tree: Tree) -> None:
    """An error of the storage ends the import, and says so."""
    folder = tree({"a.jpg": small(), "b.jpg": b"\xff\xd8\xff", "c.jpg": small()})
    imported = site.run(folder)
    assert "b.jpg: " in imported.output
    assert "2 added, 0 skipped, 1 failed." in imported.output
    assert imported.exit_code == 1
    (folder / "d.jpg").write_bytes(small())
    unavailable = mock.patch.object(
        type(site.backend.catalog), "publish", side_effect=StorageUnavailable("down")
    )
    with unavailable:
        ended = site.run(folder)
    assert "Error: down" in ended.output
    assert ended.exit_code == 1


def test_hidden_photos_can_be_published_by_the_admin(
    site: Site, tree: Tree, service: PhotoService
) -> None:
    """They are drafts of the import, which only the admin sees."""
    folder = tree({"photo_1.json": {"privacy": "private"}, "a_1_o.jpg": small()})
    assert site.run(folder).exit_code == 0
    [photo] = site.photos().values()
    assert photo.owner == IMPORT_OWNER
    assert Visitor(site.app).get(f"/photos/{photo.photo_id}").status_code == 404
    assert service.unhide(photo.photo_id).state is PhotoState.PUBLIC


def test_the_photos_of_an_import_are_batches(
    site: Site, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch has the latest date first, and is followed by another one before it is too large."""
    monkeypatch.setattr(importer, "MAX_POSITION", MANY - 1)
    dates = ["2003:01:01 00:00:00", "2001:01:01 00:00:00", "2002:01:01 00:00:00"]
    files = {f"{number}.jpg": small(taken=date) for number, date in enumerate([*dates, *dates])}
    assert site.run(tree(files)).exit_code == 0
    newest_first = sorted(site.photos().values(), key=lambda photo: photo.photo_id, reverse=True)
    years = [photo.taken_at.year for photo in newest_first if photo.taken_at]
    assert years == [2003, 2002, 2001, 2003, 2002, 2001]


def test_too_many_files_are_refused(
    site: Site, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command ends before it reads a photo."""
    monkeypatch.setattr(inventory, "MAX_FILES", 1)
    imported = site.run(tree({"a.jpg": small(), "b.jpg": small()}))
    assert "There are more than 1 files." in imported.output
    assert imported.exit_code == 1
    assert site.photos() == {}


def test_an_origin_can_be_named(site: Site, tree: Tree) -> None:
    """An export of Shoebox has no options."""
    folder = tree({"a.jpg": small(), "a.jpg.json": {"title": "a.jpg", "photoTakenTime": {}}})
    assert "Folder: 1 new" in site.run(folder, "--from", "folder", "--plan").output
    assert "Flickr export: 1 new" in site.run(folder, "--from", "flickr", "--plan").output
    assert "Google Takeout: 1 new" in site.run(folder, "--plan").output
    (folder / "a.jpg.json").write_text('[{"SourceFile": "a.jpg"}]')
    assert "Folder: 1 new" in site.run(folder, "--plan").output
    assert "Google Takeout: 1 new" in site.run(folder, "--from", "google", "--plan").output
    sidecar = folder / object_keys.sidecar("01M8ME6PM30000002E3XAS2MFH")
    sidecar.parent.mkdir(parents=True)
    sidecar.write_text("{}")
    refused = site.run(folder, "--plan")
    assert "This is an export of Shoebox" in refused.output
    assert refused.exit_code == 2
