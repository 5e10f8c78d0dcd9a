"""One photo: its page, editing, hiding, deleting, restoring."""

import re
from dataclasses import replace

from flask import Flask

from app import create_app
from app.config import Config
from app.domain import object_keys
from app.domain.photo import PhotoState
from app.services.photo_service import PhotoService
from tests.visitor import Visitor

EDITED = {"title": "New title", "description": "New words", "tags": "new, tag", "alt": "New alt"}


def test_the_page_shows_what_is_known(visitor: Visitor) -> None:
    """Title, description, tags, dates and the original's download are on the page."""
    photo_id = visitor.add(title="Dusk", description="First line\nSecond line", tags="바다, sea")
    page = visitor.get(f"/photos/{photo_id}").text
    for words in ("Dusk", "First line\nSecond line", "바다", "<time", "original.jpg", "160"):
        assert words in page


def test_neighbours_are_linked(visitor: Visitor) -> None:
    """The page links the next newer and the next older photo."""
    oldest, middle, newest = (visitor.add() for _ in range(3))
    page = visitor.get(f"/photos/{middle}").text
    assert f"/photos/{newest}" in page
    assert f"/photos/{oldest}" in page


def test_an_unknown_photo_is_not_found(visitor: Visitor) -> None:
    """Ids that are none, or of no photo, are 404."""
    for photo_id in ("01ARZ3NDEKTSV4RRFFQ69G5FAV", "nothing", "..%2f..%2fsecret_key"):
        assert visitor.get(f"/photos/{photo_id}").status_code == 404


def test_a_contributor_edits_their_photo(visitor: Visitor) -> None:
    """What is typed into the edit form is on the page, in the gallery and under its tags."""
    photo_id = visitor.add(title="Old title", tags="old")
    answer = visitor.submit(f"/photos/{photo_id}/edit", **EDITED)
    assert answer.status_code == 303
    page = visitor.get(answer.location).text
    assert "New title" in page
    assert "New words" in page
    assert "New title" in visitor.get("/").text
    assert photo_id in visitor.get("/tags/new").text
    assert photo_id not in visitor.get("/tags/old").text


def test_the_edit_form_shows_what_is_there(visitor: Visitor) -> None:
    """The edit form is filled with the photo's words."""
    page = visitor.get(
        f"/photos/{visitor.add(title='Dusk', tags='sea, sky', alt='A hill')}/edit"
    ).text
    for words in ("Dusk", "sea, sky", "A hill"):
        assert words in page


def test_two_edits_at_once_are_told_apart(visitor: Visitor, service: PhotoService) -> None:
    """The second of two edits is told, sees both, loses nothing, and may save again."""
    photo_id = visitor.add(title="Before")
    path = f"/photos/{photo_id}/edit"
    first, second = visitor.fields(path), visitor.fields(path)
    assert visitor.post(path, first | EDITED | {"title": "First"}).status_code == 303
    answer = visitor.post(path, second | EDITED | {"title": "Second"})
    assert answer.status_code == 409
    assert "First" in answer.text
    assert "Second" in answer.text
    version = re.search(r'name="version"[^>]*value="(\d+)"', answer.text)
    assert version
    again = second | EDITED | {"title": "Second", "version": version.group(1)}
    assert visitor.post(path, again).status_code == 303
    assert service.get(photo_id).title == "Second"


def test_an_edit_too_long_is_refused_with_what_was_typed(
    visitor: Visitor, service: PhotoService
) -> None:
    """A title too long is a 422 that keeps every field; the photo stays as it was."""
    photo_id = visitor.add(title="Before")
    answer = visitor.submit(f"/photos/{photo_id}/edit", **EDITED | {"title": "x" * 201})
    assert answer.status_code == 422
    assert "New words" in answer.text
    assert service.get(photo_id).title == "Before"


def test_a_photo_keeps_a_title(visitor: Visitor, service: PhotoService) -> None:
    """An edit that leaves the title empty is a 422 that keeps the rest; the form calls no title optional."""
    photo_id = visitor.add(title="Before")
    assert "Title</label>" in visitor.get(f"/photos/{photo_id}/edit").text
    answer = visitor.submit(f"/photos/{photo_id}/edit", **EDITED | {"title": " "})
    assert answer.status_code == 422
    assert "Enter a title." in answer.text
    assert "New words" in answer.text
    assert service.get(photo_id).title == "Before"


def test_deleting_asks_first_and_can_be_undone(visitor: Visitor, service: PhotoService) -> None:
    """A deleted photo is out of every page and its objects out of the public prefix, until it is restored."""
    photo_id = visitor.add(title="Dusk", tags="sea")
    photo = service.get(photo_id)
    assert visitor.get(f"/photos/{photo_id}/delete").status_code == 200
    answer = visitor.submit(f"/photos/{photo_id}/delete")
    assert answer.status_code == 303
    assert f"/photos/{photo_id}/restore" in visitor.get("/").text
    assert f'href="/photos/{photo_id}"' not in visitor.get("/").text
    assert photo_id not in visitor.get("/tags/sea").text
    assert not any(service.objects.exists(key) for key in photo.object_keys)

    page = visitor.get(f"/photos/{photo_id}")
    assert "restore" in page.text
    assert (
        visitor.post(
            f"/photos/{photo_id}/restore", visitor.fields(f"/photos/{photo_id}")
        ).status_code
        == 303
    )
    assert photo_id in visitor.get("/").text
    assert photo_id in visitor.get("/tags/sea").text
    assert all(
        service.objects.exists(key) for key in (*photo.object_keys, object_keys.sidecar(photo_id))
    )


def test_a_deleted_photo_is_gone_for_others(app: Flask, visitor: Visitor) -> None:
    """Nobody but its contributor sees that a deleted photo was there."""
    photo_id = visitor.add()
    visitor.submit(f"/photos/{photo_id}/delete")
    assert Visitor(app).get(f"/photos/{photo_id}").status_code == 404


def test_deleting_twice_is_deleting_once(visitor: Visitor) -> None:
    """A second click on delete changes nothing and fails at nothing."""
    photo_id = visitor.add()
    fields = visitor.fields(f"/photos/{photo_id}/delete")
    for _ in range(2):
        assert visitor.post(f"/photos/{photo_id}/delete", fields).status_code == 303


def test_nobody_changes_another_contributors_photo(
    app: Flask, visitor: Visitor, service: PhotoService
) -> None:
    """Another browser gets a 403 from every form and every POST, and no links to them."""
    photo_id = visitor.add(title="Mine")
    other = Visitor(app)
    fields = other.fields("/upload")
    for verb in ("edit", "delete"):
        assert other.get(f"/photos/{photo_id}/{verb}").status_code == 403
        assert f"/photos/{photo_id}/{verb}" not in other.get(f"/photos/{photo_id}").text
    for verb in ("edit", "hide", "unhide", "delete", "restore"):
        assert other.post(f"/photos/{photo_id}/{verb}", fields | EDITED).status_code == 403
    assert service.get(photo_id).title == "Mine"


def press(visitor: Visitor, photo_id: str, verb: str) -> int:
    """Press a button of the photo's page; gives the answer's status."""
    return visitor.post(f"/photos/{photo_id}/{verb}", visitor.fields("/upload")).status_code


def test_a_hidden_photo_is_on_no_page_but_its_own(app: Flask, visitor: Visitor) -> None:
    """Gallery, tag, search, listings and sitemap no longer lead to it, its address still does, unknown to searchers."""
    photo_id = visitor.add(title="Dusk", tags="sea")
    lists = (
        "/",
        "/tags",
        "/tags/sea",
        "/search?q=dusk",
        "/feed.xml",
        "/tags/sea/feed.xml",
        "/sitemap.xml",
    )
    assert press(visitor, photo_id, "hide") == 303
    stranger = Visitor(app)
    assert not [
        path
        for path in lists
        if photo_id in stranger.get(path).text or "sea</a>" in stranger.get(path).text
    ]
    page = stranger.get(f"/photos/{photo_id}")
    assert page.status_code == 200
    assert '<meta name="robots" content="noindex">' in page.text
    assert "Hidden" not in page.text

    assert f"/photos/{photo_id}/unhide" in visitor.get(f"/photos/{photo_id}").text
    assert press(visitor, photo_id, "unhide") == 303
    page = stranger.get(f"/photos/{photo_id}").text
    assert "noindex" not in page
    assert photo_id in stranger.get("/tags/sea").text


def test_hiding_twice_is_hiding_once(visitor: Visitor, service: PhotoService) -> None:
    """A second click on hide or show changes nothing and fails at nothing."""
    photo_id = visitor.add()
    for verb in ("hide", "unhide"):
        assert press(visitor, photo_id, verb) == 303
        version = service.get(photo_id).version
        assert press(visitor, photo_id, verb) == 303
        assert service.get(photo_id).version == version


def test_a_hidden_photo_comes_back_from_the_trash_hidden(
    visitor: Visitor, service: PhotoService
) -> None:
    """Undoing a deletion lists no photo that was hidden."""
    photo_id = visitor.add()
    press(visitor, photo_id, "hide")
    visitor.submit(f"/photos/{photo_id}/delete")
    assert press(visitor, photo_id, "restore") == 303
    assert service.get(photo_id).state is PhotoState.HIDDEN
    assert photo_id not in visitor.get("/").text


def test_what_the_admin_hid_stays_hidden(config: Config, service: PhotoService) -> None:
    """The contributor of a photo that the admin hid cannot show it, not by way of the trash either; the admin can."""
    app = create_app(replace(config, admin_password="change it all"), service)
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
    assert photo_id in admin.get("/").text


def test_a_deleted_photo_is_neither_hidden_nor_shown(visitor: Visitor) -> None:
    """Hide and show of a photo that is in the trash are 404: it has to be restored first."""
    photo_id = visitor.add()
    visitor.submit(f"/photos/{photo_id}/delete")
    for verb in ("hide", "unhide"):
        assert press(visitor, photo_id, verb) == 404
