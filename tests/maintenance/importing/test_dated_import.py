"""Old photos take their places in the past of the gallery, or come first like new ones."""

from datetime import UTC, datetime
from pathlib import Path

from app.domain import object_keys, photo_ids
from app.domain.photo_summary import PhotoState
from tests.maintenance.importing.conftest import ZONE, Site, Tree, small
from tests.visitor import Visitor


def shown_names(site: Site) -> list[str]:
    """Return the files of the gallery, newest first."""
    page = site.backend.catalog.page(object_keys.PUBLIC_LISTING, 100)
    return [site.backend.catalog.get(each.photo_id).filename for each in page.summaries]


def dated_tree(tree: Tree) -> Path:
    return tree(
        {
            "1.jpg": small(taken="2003:01:01 09:00:00"),
            "2.jpg": small(),
            "3.jpg": small(taken="1955:06:07 08:09:10"),
            "4.jpg": small(taken="1954:06:07 08:09:10"),
            "5.jpg": small(taken="2001:01:01 10:00:00"),
        }
    )


def test_new_ids_put_old_photos_first(site: Site, tree: Tree) -> None:
    """This is the default: the imported photos are one batch in the order of their dates."""
    Visitor(site.app).upload(small(), names=("new.jpg",))
    assert site.run(dated_tree(tree)).exit_code == 0
    assert shown_names(site) == ["1.jpg", "5.jpg", "3.jpg", "4.jpg", "2.jpg", "new.jpg"]


def test_ids_of_the_time_taken_put_old_photos_behind(site: Site, tree: Tree) -> None:
    """Photos without a date have ids of the import, and the report names them."""
    Visitor(site.app).upload(small(), names=("new.jpg",))
    imported = site.run(dated_tree(tree), "--dated", "taken")
    assert "photos without a date (1): 2.jpg" in imported.output
    assert shown_names(site) == ["2.jpg", "new.jpg", "1.jpg", "5.jpg", "3.jpg", "4.jpg"]
    photo = site.photos()["1.jpg"]
    taken = datetime(2003, 1, 1, 9, tzinfo=ZONE)
    assert photo_ids.timestamp_of(photo.photo_id) == taken
    assert (datetime.now(UTC) - photo.uploaded_at).days == 0


def test_a_date_in_the_future_is_that_of_the_import(site: Site, tree: Tree) -> None:
    """Otherwise a photo from a camera with a wrong clock would stay on top."""
    next_year = datetime.now(UTC).year + 1
    folder = tree({"a.jpg": small(taken=f"{next_year}:01:01 00:00:00")})
    assert site.run(folder, "--dated", "taken").exit_code == 0
    photo = site.photos()["a.jpg"]
    assert photo_ids.timestamp_of(photo.photo_id) <= datetime.now(UTC)


def test_a_dated_photo_keeps_its_upload_time_in_an_export(
    site: Site, tree: Tree, tmp_path: Path
) -> None:
    """The time in its id is long before that."""
    site.run(dated_tree(tree), "--dated", "taken")
    photos = site.photos()
    target = tmp_path / "export"
    assert site.app.test_cli_runner().invoke(args=["export", str(target)]).exit_code == 0
    for photo in photos.values():
        trashed = photo.next_version(state=PhotoState.TRASHED)
        site.backend.catalog.update(photo, trashed)
        site.backend.catalog.delete(trashed)
    assert site.run(target).exit_code == 0
    assert site.photos() == photos
