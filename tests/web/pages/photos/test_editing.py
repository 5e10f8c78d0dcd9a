"""The owner of a photo edits its texts."""

import re

from flask import Flask

from app.services.photo_service import PhotoService
from tests.visitor import Visitor

EDITED = {"title": "New title", "description": "New words", "tags": "new, tag", "alt": "New alt"}


def test_owner_edits_the_texts(visitor: Visitor) -> None:
    """The new texts are on the page, in the gallery and under the new tags."""
    photo_id = visitor.add(title="Old title", tags="old")
    answer = visitor.submit(f"/photos/{photo_id}/edit", **EDITED)
    assert answer.status_code == 303
    page = visitor.get(answer.location).text
    assert "New title" in page
    assert "New words" in page
    assert "New title" in visitor.get("/").text
    assert photo_id in visitor.get("/tags/new").text
    assert photo_id not in visitor.get("/tags/old").text


def test_edit_form_shows_the_current_texts(visitor: Visitor) -> None:
    """The form is filled with the photo's texts."""
    page = visitor.get(
        f"/photos/{visitor.add(title='Dusk', tags='sea, sky', alt='A hill')}/edit"
    ).text
    for text in ("Dusk", "sea, sky", "A hill"):
        assert text in page


def test_second_of_two_edits_is_a_conflict(visitor: Visitor, service: PhotoService) -> None:
    """The form shows both versions, and saving again overwrites the first."""
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


def test_too_long_title_is_422_and_keeps_the_form(visitor: Visitor, service: PhotoService) -> None:
    """The photo does not change."""
    photo_id = visitor.add(title="Before")
    answer = visitor.submit(f"/photos/{photo_id}/edit", **EDITED | {"title": "x" * 201})
    assert answer.status_code == 422
    assert "New words" in answer.text
    assert service.get(photo_id).title == "Before"


def test_the_longest_texts_are_saved(visitor: Visitor, service: PhotoService) -> None:
    """Emoji take four bytes in multipart/form-data and twelve as a URL-encoded form."""
    photo_id = visitor.add()
    assert 'enctype="multipart/form-data"' in visitor.get(f"/photos/{photo_id}/edit").text
    texts = {"title": "🌊" * 200, "description": "🌊" * 5000, "alt": "🌊" * 1000}
    answer = visitor.submit(f"/photos/{photo_id}/edit", **texts)
    assert answer.status_code == 303
    assert service.get(photo_id).description == texts["description"]


def test_a_title_can_be_emptied(visitor: Visitor, service: PhotoService) -> None:
    """The photo is then named by its date, and not found by its old title."""
    photo_id = visitor.add(title="Before")
    answer = visitor.submit(f"/photos/{photo_id}/edit", **EDITED | {"title": " "})
    assert answer.status_code == 303
    assert service.get(photo_id).title == ""
    assert "Before" not in visitor.get(answer.location).text
    assert photo_id not in visitor.get("/search?q=before").text


def test_others_may_not_change_a_photo(app: Flask, visitor: Visitor, service: PhotoService) -> None:
    """Another browser gets a 403 from every form and POST, and sees no links to them."""
    photo_id = visitor.add(title="Mine")
    other = Visitor(app)
    fields = other.fields("/upload")
    for verb in ("edit", "delete"):
        assert other.get(f"/photos/{photo_id}/{verb}").status_code == 403
        assert f"/photos/{photo_id}/{verb}" not in other.get(f"/photos/{photo_id}").text
    for verb in ("edit", "hide", "unhide", "delete", "restore"):
        assert other.post(f"/photos/{photo_id}/{verb}", fields | EDITED).status_code == 403
    assert service.get(photo_id).title == "Mine"
