"""A photo is hidden and unhidden."""

import re
from dataclasses import replace

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain import object_keys
from app.services.factory import Services
from app.services.photo_service import PhotoService
from tests.backends import Backend
from tests.visitor import Visitor
from tests.web.pages.photos.buttons import press


@pytest.mark.parametrize("by", ["owner", "admin"])
def test_hidden_photo_is_404_for_strangers(
    config: Config, services: Services, backend: Backend, by: str
) -> None:
    """So are its objects, its oEmbed description and its forms, and no page or feed names it."""
    app = create_app(replace(config, admin_password="change it all"), services)
    owner, admin, stranger = (Visitor(app) for _ in range(3))
    admin.submit("/login", password="change it all")
    older, photo_id, newer = (owner.add(title="Dusk", tags=tag) for tag in ("a", "sea", "b"))
    photo = services.photos.get(photo_id)
    lists = ("/", "/tags", "/tags/sea", "/search?q=dusk", "/feed.xml", "/tags/sea/feed.xml")
    pages = (*lists, "/sitemap.xml", f"/photos/{older}", f"/photos/{newer}")
    assert press(admin if by == "admin" else owner, photo_id, "hide") == 303

    assert not any(backend.objects.exists(key) for key in photo.object_keys)
    assert not any(backend.objects.exists(key) for key in (object_keys.sidecar(photo_id),))
    for path in pages:
        text = stranger.get(path).text
        assert photo_id not in text, path
        assert "sea</a>" not in text, path
    page = f"/photos/{photo_id}"
    assert stranger.get(page).status_code == 404
    assert stranger.get(f"/oembed?url=http://localhost{page}").status_code == 404
    for verb in ("edit", "delete", "purge", "files/original.jpg"):
        assert stranger.get(f"{page}/{verb}").status_code == 404, verb
    for verb in ("edit", "hide", "unhide", "delete", "restore", "purge"):
        assert press(stranger, photo_id, verb) == 404, verb


def test_owner_and_admin_see_a_hidden_photo(config: Config, services: Services) -> None:
    """The page says who hid it, shows its images, and has nothing for other sites."""
    app = create_app(replace(config, admin_password="change it all"), services)
    owner, admin = Visitor(app), Visitor(app)
    admin.submit("/login", password="change it all")
    photo_id = owner.add(title="Dusk")
    for visitor, hidden_by in ((owner, "its uploader"), (admin, "the site’s manager")):
        assert press(visitor, photo_id, "hide") == 303
        for viewer in (owner, admin):
            page = viewer.get(f"/photos/{photo_id}")
            assert page.status_code == 200
            assert f"Hidden by {hidden_by}." in page.text
            assert '<meta name="robots" content="noindex">' in page.text
            assert "oembed" not in page.text
            assert "og:image" not in page.text
            images = set(re.findall(rf"/photos/{photo_id}/files/[\w.]+", page.text))
            assert f"/photos/{photo_id}/files/original.jpg" in images
            assert {viewer.get(image).status_code for image in images} == {200}


def test_unhidden_photo_is_back(app: Flask, visitor: Visitor, backend: Backend) -> None:
    """Its page, its objects and its listings are public again."""
    photo_id = visitor.add(title="Dusk", tags="sea")
    press(visitor, photo_id, "hide")
    assert f"/photos/{photo_id}/unhide" in visitor.get(f"/photos/{photo_id}").text
    assert press(visitor, photo_id, "unhide") == 303
    stranger = Visitor(app)
    assert "noindex" not in stranger.get(f"/photos/{photo_id}").text
    assert photo_id in stranger.get("/tags/sea").text
    photo = backend.catalog.get(photo_id)
    assert all(backend.objects.exists(key) for key in photo.object_keys)
    assert list(backend.objects.list(object_keys.HIDDEN_PREFIX)) == []


@pytest.mark.parametrize(("verb", "said"), [("hide", "Hidden by"), ("delete", "Deleted")])
def test_page_says_hidden_or_deleted_only_when_it_is(
    visitor: Visitor, backend: Backend, verb: str, said: str
) -> None:
    """While a move is incomplete, the images may be public, and every page says so."""
    photo_id = visitor.add()
    assert press(visitor, photo_id, verb) == 303
    paths = (f"/photos/{photo_id}", "/uploads" if verb == "hide" else "/uploads/deleted")
    assert said in visitor.get(paths[0]).text
    moved = backend.catalog.get(photo_id)
    backend.catalog.update(moved, moved.next_version(lease_expires_at=1))
    for path in paths:
        main = visitor.get(path).text.partition("<main")[2]
        assert "Being " in main or "We’re still " in main
        assert said not in main.replace("Recently deleted", "")


def test_second_hide_changes_nothing(visitor: Visitor, service: PhotoService) -> None:
    """A double click on hide or unhide is not an error."""
    photo_id = visitor.add()
    for verb in ("hide", "unhide"):
        assert press(visitor, photo_id, verb) == 303
        version = service.get(photo_id).version
        assert press(visitor, photo_id, verb) == 303
        assert service.get(photo_id).version == version


def test_only_the_admin_unhides_what_the_admin_hid(config: Config, services: Services) -> None:
    """Deleting and restoring the photo does not unhide it either."""
    app = create_app(replace(config, admin_password="change it all"), services)
    contributor, admin = Visitor(app), Visitor(app)
    photo_id = contributor.add(title="Dusk")
    admin.submit("/login", password="change it all")
    press(contributor, photo_id, "hide")
    assert press(admin, photo_id, "hide") == 303
    assert press(contributor, photo_id, "hide") == 303
    assert f"/photos/{photo_id}/unhide" not in contributor.get(f"/photos/{photo_id}").text
    assert press(contributor, photo_id, "unhide") == 403
    contributor.submit(f"/photos/{photo_id}/delete")
    press(contributor, photo_id, "restore")
    assert press(contributor, photo_id, "unhide") == 403
    assert f'href="/photos/{photo_id}"' not in admin.get("/").text
    assert press(admin, photo_id, "unhide") == 303
    assert photo_id not in admin.get("/").text  # its contributor has hidden it too
    assert press(contributor, photo_id, "unhide") == 303
    assert photo_id in admin.get("/").text
