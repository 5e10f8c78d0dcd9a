"""A form that someone has open conflicts with the edits of others, and with nothing else."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.albums.album import Album
from app.domain.albums.album_text import AlbumText
from app.domain.photo import FORM_FIELDS, Photo
from app.domain.photo_summary import Role
from app.maintenance import IntegrityCheck, Repair
from app.services.factory import Services
from tests.backends import Backend
from tests.visitor import Visitor

ANOTHER = AlbumText("Sea", "")


@dataclass(frozen=True, slots=True)
class Site:
    """A site with a photo in an album, and a stranger."""

    backend: Backend
    services: Services
    stranger: Visitor
    photo_id: str
    album_id: str

    @property
    def photo(self) -> Photo:
        return self.services.photos.get(self.photo_id)

    @property
    def album(self) -> Album:
        return self.services.albums.get(self.album_id)

    def drop_checksum(self) -> None:
        """Make the photo one of an earlier version, which had no checksums."""
        photo = self.photo
        self.backend.catalog.update(photo, photo.next_version(crc32=None))


@pytest.fixture
def site(backend: Backend, services: Services, app: Flask, visitor: Visitor) -> Site:
    photo_id, other_id = visitor.add(title="Dusk", tags="sea"), visitor.add()
    owner = services.photos.get(photo_id).owner
    album = services.albums.create(owner, AlbumText("Lake", ""))
    for each in (photo_id, other_id):
        services.albums.add(album.album_id, each)
    return Site(backend, services, Visitor(app), photo_id, album.album_id)


def download(site: Site) -> None:
    """The download stores the checksum that photos of earlier versions lack."""
    site.drop_checksum()
    assert site.stranger.get(f"/download.zip?photo={site.photo_id}").status_code == 200
    assert site.photo.crc32 is not None


def join_album(site: Site) -> None:
    other = site.services.albums.create("1" * 32, ANOTHER)
    site.services.albums.add(other.album_id, site.photo_id)
    site.services.albums.remove(other.album_id, site.photo_id)


def unlist_album(site: Site) -> None:
    """The record of the cover says whether the album is public."""
    album = site.services.albums.create("1" * 32, ANOTHER)
    site.services.albums.add(album.album_id, site.photo_id)
    site.services.albums.delete(site.services.albums.get(album.album_id))


def move(site: Site) -> None:
    first = site.services.albums.page(site.album_id, 1).summaries[0]
    site.services.albums.move(
        site.album, site.photo_id, 2 if first.photo_id == site.photo_id else 1
    )


def rotate(site: Site) -> None:
    site.services.rotation.rotate(site.photo, 1, site.photo.revision)


def hide_and_show(site: Site) -> None:
    site.services.photos.hide(site.photo_id, Role.CONTRIBUTOR)
    site.services.photos.unhide(site.photo_id)


def delete_and_restore(site: Site) -> None:
    site.services.photos.delete(site.photo_id)
    site.services.photos.restore(site.photo_id)


def repair(site: Site) -> None:
    site.drop_checksum()
    check = IntegrityCheck(site.backend, upload_grace=timedelta(0), sidecars=True)
    assert [problem for action in Repair(check) if (problem := action.run())] == []
    assert site.photo.crc32 is not None


Change = Callable[[Site], None]
OTHER_CHANGES: tuple[Change, ...] = (
    *(download, join_album, unlist_album, move, rotate),
    *(hide_and_show, delete_and_restore, repair),
)


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(changes=st.lists(st.sampled_from(OTHER_CHANGES), min_size=1, max_size=3))
def test_no_other_change_conflicts_with_an_edit(
    site: Site, visitor: Visitor, changes: list[Change]
) -> None:
    """The form is saved, and so is the other change."""
    path = f"/photos/{site.photo_id}/edit"
    form = visitor.fields(path)
    before = site.photo
    for change in changes:
        change(site)
    after = site.photo
    assert after.version > before.version
    assert all(getattr(after, name) == getattr(before, name) for name in FORM_FIELDS)
    title = f"Evening {before.version}"
    assert visitor.post(path, form | {"title": title, "tags": "sea"}).status_code == 303
    edited = site.photo
    assert (edited.title, edited.version) == (title, after.version + 1)
    assert (edited.albums, edited.crc32, edited.revision) == (
        (after.albums, after.crc32, after.revision)
    )
    assert visitor.post(path, form | {"title": title, "tags": "sea"}).status_code == 303
    assert visitor.post(path, form | {"title": "Noon", "tags": "sea"}).status_code == 409


@pytest.mark.parametrize("change", OTHER_CHANGES, ids=lambda change: change.__name__)
def test_an_edit_that_follows_another_change_stays_an_edit(
    site: Site, visitor: Visitor, change: Change
) -> None:
    """A form that was opened before the edit conflicts, also after the other change."""
    path = f"/photos/{site.photo_id}/edit"
    form = visitor.fields(path)
    site.services.photos.retag(site.photo_id, ["hill"], [])
    change(site)
    answer = visitor.post(path, form | {"title": "Mine", "tags": "sea"})
    assert answer.status_code == 409
    assert site.photo.title == "Dusk"


def test_a_change_at_the_same_moment_does_not_conflict(
    site: Site, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The edit is made again with the record as it is then."""
    update = site.backend.catalog.update
    others = iter([download])

    def after_another(before: Photo, after: Photo) -> None:
        if other := next(others, None):
            other(site)
        update(before, after)

    monkeypatch.setattr(site.backend.catalog, "update", after_another)
    path = f"/photos/{site.photo_id}/edit"
    assert visitor.submit(path, title="Mine").status_code == 303
    assert (site.photo.title, site.photo.crc32 is None) == ("Mine", False)


def test_a_photo_of_a_stranger_does_not_conflict_with_an_edit_of_the_album(
    site: Site, visitor: Visitor
) -> None:
    """It becomes the cover if there is none, and the album gets a new version."""
    visitor.submit(f"/albums/{site.album_id}/edit", title="Lake", contributors="everyone")
    for photo in site.services.albums.page(site.album_id, 9).summaries:
        site.services.albums.remove(site.album_id, photo.photo_id)
    path = f"/albums/{site.album_id}/edit"
    form = visitor.fields(path)
    version = site.album.version
    photo_id = site.stranger.add(album=site.album_id)
    assert (site.album.cover, site.album.version) == (photo_id, version + 1)
    settings = {"order": "taken", "visibility": "public", "contributors": "everyone"}
    assert visitor.post(path, form | settings | {"title": "Sea"}).status_code == 303
    assert (site.album.title, site.album.cover) == ("Sea", photo_id)
    assert visitor.post(path, form | settings | {"title": "Hill"}).status_code == 409
