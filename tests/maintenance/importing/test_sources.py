"""Photos of an export of Shoebox are not imported as those of a plain folder."""

from pathlib import Path

import pytest
from flask import Flask

from app.domain.photo_summary import Role
from app.services.factory import Services
from tests.backends import Backend, local_backend
from tests.cli.test_cli import run
from tests.maintenance.importing.conftest import Site, Tree, small
from tests.visitor import Visitor


@pytest.fixture
def backend(tmp_path: Path) -> Backend:
    return local_backend(tmp_path / "site")


@pytest.fixture
def exported(app: Flask, tmp_path: Path, services: Services) -> Path:
    """The folder of an export with a public, a hidden and a deleted photo."""
    uploaded = [Visitor(app).upload(small(seed=seed)) for seed in range(3)]
    photo_ids = [answer.location.rpartition("/")[2] for answer in uploaded]
    services.photos.hide(photo_ids[1], Role.ADMIN)
    services.photos.delete(photo_ids[2], Role.ADMIN)
    folder = tmp_path / "backup" / "2026"
    assert run(app, "export", str(folder)).exit_code == 0
    return folder


@pytest.mark.parametrize("folder", ["..", "hidden", "trash", "."])
@pytest.mark.parametrize("options", [(), ("--plan",)])
def test_a_folder_around_or_in_an_export_is_refused(
    site: Site, exported: Path, folder: str, options: tuple[str, ...]
) -> None:
    """Hidden and deleted photos would become public. So would they with the wrong `--from`."""
    before = len(list(site.backend.catalog.photos()))
    wrong = ("--from", "folder") if folder == "." else ()
    refused = site.run((exported / folder).resolve(), *wrong, *options)
    assert refused.exit_code == 1
    assert "belongs to an export of Shoebox" in refused.output
    assert len(list(site.backend.catalog.photos())) == before


@pytest.mark.parametrize("folder", ["photos", "photos/*", "photos/*/*", "hidden/*/*"])
def test_a_folder_of_objects_is_refused_without_its_sidecars(
    site: Site, exported: Path, tmp_path: Path, folder: str
) -> None:
    """Unlisted photos are among the objects of the public ones. A link leads to the same folder."""
    before = len(list(site.backend.catalog.photos()))
    link = tmp_path / "link"
    link.symlink_to(next(exported.glob(folder)))
    for sidecar in exported.rglob("record.json"):
        sidecar.unlink()
    refused = site.run(link)
    assert refused.exit_code == 1
    assert "belongs to an export of Shoebox" in refused.output
    assert len(list(site.backend.catalog.photos())) == before


@pytest.mark.parametrize("folder", ["hidden", "hidden/*/*"])
def test_renditions_of_an_export_are_refused_alone(
    site: Site, exported: Path, tree: Tree, folder: str
) -> None:
    """A rendition shows a hidden photo as well as the original does."""
    photo_id = next(exported.glob("hidden/*/*")).name
    name = f"hidden/{photo_id[-1]}/{photo_id}"
    root = tree({f"{name}/320.jpg": small(seed=11), f"{name}/640-2.avif": small(seed=12)})
    before = len(list(site.backend.catalog.photos()))
    refused = site.run(next(root.glob(folder)))
    assert refused.exit_code == 1
    assert "belongs to an export of Shoebox" in refused.output
    assert len(list(site.backend.catalog.photos())) == before


def test_a_single_rendition_is_refused_in_its_partition(
    site: Site, exported: Path, tree: Tree
) -> None:
    """A small photo has one rendition."""
    photo_id = next(exported.glob("hidden/*/*")).name
    root = tree({f"hidden/{photo_id[-1]}/{photo_id}/40.jpg": small(seed=11)})
    refused = site.run(root / "hidden")
    assert refused.exit_code == 1
    assert "belongs to an export of Shoebox" in refused.output


def test_a_folder_with_similar_names_is_imported(site: Site, exported: Path, tree: Tree) -> None:
    """Neither the name of a folder nor that of a file alone is that of an export."""
    photo_id = next(exported.glob("photos/*/*")).name
    folder = tree(
        {
            "trip/original.jpg": small(seed=11),
            "records/original.jpg": small(seed=13),
            "records/list.json": {},
            f"{photo_id}/pier.jpg": small(seed=12),
            f"{photo_id}/2026.jpg": small(seed=14),
            "trip/320.jpg": small(seed=15),
            "trip/640.jpg": small(seed=16),
            f"{photo_id}.json": {},
        }
    )
    assert "Folder: 6 new photos" in site.run(folder).output
