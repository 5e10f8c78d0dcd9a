"""The page after an upload: the photos of one batch, and facts about all of them.

Covers app.web.rendering.batch_facts.
"""

import re
from unittest import mock

import pytest
from flask import Flask

from app.services.photo_service import PhotoService
from tests.sample_images import jpeg, phone_exif
from tests.visitor import Visitor

THREE = [jpeg(80 + n, 60) for n in range(3)]


def added(visitor: Visitor, *bodies: bytes, **typed: str) -> str:
    """Upload files without a script, and return the path of the page of the batch."""
    answer = visitor.upload(*(bodies or THREE), **typed)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def widths(page: str) -> list[int]:
    """Return the widths of the photos on a page, which tell the files apart."""
    found = map(int, re.findall(r'<img[^>]* width="(\d+)"', page))
    return [width for width in found if width >= 80]


def test_a_form_with_several_files_leads_to_its_photos(visitor: Visitor) -> None:
    """The page shows them and no others, and says what metadata was removed."""
    visitor.add(title="Other")
    path = added(visitor, jpeg(exif=phone_exif()), *THREE)
    visitor.add(title="Later")
    page = visitor.get(path).text
    assert "<h1>4 photos added</h1>" in page
    assert widths(page) == [280, 80, 81, 82]
    assert "Location removed from 1 photo." in page
    assert "Camera serial removed from 1 photo." in page


def test_scripts_learn_the_address_of_the_page(visitor: Visitor) -> None:
    """A script sends one file a request. The page has the photos of all."""
    batch = visitor.fields("/upload")["batch"]
    answers = [
        visitor.upload_json(body, batch=batch, position=str(number)).json
        for number, body in enumerate(THREE)
    ]
    (path,) = {answer["batch"]["path"] for answer in answers}
    assert len(widths(visitor.get(path).text)) == 3


def test_only_the_contributor_sees_the_photos(visitor: Visitor, app: Flask) -> None:
    """Another visitor has no photos in the batch."""
    path = added(visitor)
    stranger = Visitor(app)
    stranger.add()
    assert "None of these photos are here anymore" in stranger.get(path).text


def test_the_link_to_copy_shows_the_photos_to_everyone(visitor: Visitor, app: Flask) -> None:
    """It is the gallery from the first photo of the batch on."""
    path = added(visitor)
    visitor.add(title="Later")
    link = re.search(r'data-path="([^"]+)"', visitor.get(path).text)
    assert link
    gallery = Visitor(app).get(link[1]).text
    assert widths(gallery) == [80, 81, 82]
    assert "Later" not in gallery


def test_actions_come_back_to_the_page(visitor: Visitor, service: PhotoService) -> None:
    """Tags, a mistake in the form, and the confirmation of a deletion."""
    path = added(visitor)
    page = visitor.get(f"{path}&select=all").text
    chosen = re.findall(r'value="(\w+)"\s+checked', page)
    assert len(chosen) == 3
    (action,) = re.findall(r'formaction="([^"]*/tags[^"]*)"', page)
    action = action.replace("&amp;", "&")
    fields = visitor.fields(path) | {"photo": chosen}
    assert visitor.post(action, fields | {"add": "lake"}).location == path
    assert all(service.get(photo_id).tags == ("lake",) for photo_id in chosen)
    mistake = visitor.post(action, fields)
    assert mistake.status_code == 422
    assert len(widths(mistake.text)) == 3
    confirmation = visitor.post(action.replace("/tags", "/delete"), {**fields, "photo": chosen[:1]})
    assert f'href="{path}"' in confirmation.text


def test_a_large_batch_has_several_pages(visitor: Visitor) -> None:
    """The first one counts all photos, the others read those that they show, and one more."""
    with mock.patch("app.web.listings.batch_pages.PAGE_SIZE", 2):
        path = added(visitor)
        first = visitor.get(path).text
        assert "<h1>3 photos added</h1>" in first
        assert widths(first) == [80, 81]
        older = re.search(r'rel="next" href="([^"]+)"', first)
        assert older
        second = visitor.get(older[1].replace("&amp;", "&")).text
        assert widths(second) == [82]
        assert "<h1>Photos you added</h1>" in second
        assert f'rel="prev" href="{path}"' in second


def test_facts_are_about_all_pages(visitor: Visitor) -> None:
    """The photos of the first page alone would give smaller numbers."""
    with mock.patch("app.web.listings.batch_pages.PAGE_SIZE", 1):
        page = visitor.get(added(visitor, jpeg(exif=phone_exif()), *THREE, license="cc0")).text
    assert "<h1>4 photos added</h1>" in page
    assert "Location removed from 1 photo." in page
    assert "Kept: CC0 1.0." in page
    assert "Undo: delete these 4 photos" in page


def test_a_very_large_batch_is_counted_to_a_limit(visitor: Visitor) -> None:
    """The page says what it has counted. Undo is for all photos."""
    with mock.patch("app.web.listings.batch_pages.MAX_COUNTED", 2):
        page = visitor.get(added(visitor, license="cc0")).text
    assert "<h1>More than 2 photos added</h1>" in page
    assert "These facts are about the first 2 photos." in page
    assert "Undo: delete all of these photos" in page


def test_the_credit_that_was_kept_is_said(visitor: Visitor) -> None:
    """In all photos, in some of them, and where it differs."""
    batch = visitor.fields("/upload")["batch"]
    shown = []
    for number, typed in enumerate([{"license": "cc0"}, {}, {"license": "cc-by"}]):
        body = jpeg(80 + number, 60)
        sent = visitor.upload_json(body, batch=batch, position=str(number), **typed)
        page = visitor.get(sent.json["batch"]["path"]).text
        shown += re.findall(r"(?:Kept|Credit kept)[^<]*", page)
    assert shown == [
        "Kept: CC0 1.0.",
        "Credit kept in 1 photo: CC0 1.0.",
        "Credit kept in 2 photos.",
    ]


def test_hidden_photos_have_no_link_to_copy(visitor: Visitor) -> None:
    """The gallery shows none of them."""
    path = added(visitor)
    ids = re.findall(r'name="photo" value="(\w+)"', visitor.get(path).text)
    for photo_id in set(ids):
        visitor.post(f"/photos/{photo_id}/hide", visitor.fields("/upload"))
    page = visitor.get(path).text
    assert "<h1>3 photos aren’t published yet</h1>" in page
    assert "data-path" not in page
    assert len(widths(page)) == 3


@pytest.mark.parametrize("name", ["x", "0123456789A", "ZZZZZZZZZZ", "01kb8xyz12"])
def test_what_is_no_batch_is_not_found(visitor: Visitor, name: str) -> None:
    visitor.add()
    assert visitor.get(f"/uploads?batch={name}").status_code == 404


@pytest.mark.parametrize("name", ["0000000000", "7ZZZZZZZZZ"])
def test_a_batch_without_photos_is_empty(visitor: Visitor, name: str) -> None:
    """The first and the last batch that there can be are no error."""
    visitor.add()
    page = visitor.get(f"/uploads?batch={name}&before=7ZZZZZZZZZZZZZZZZZZZZZZZZZ")
    assert "None of these photos are here anymore" in page.text


def test_one_file_leads_to_its_photo(visitor: Visitor) -> None:
    answer = visitor.upload(THREE[0])
    assert answer.location.startswith("/photos/")


def test_notes_about_several_photos_are_on_the_page(visitor: Visitor) -> None:
    """A photo of the same file was on the site already."""
    visitor.upload(*THREE)
    page = visitor.get(added(visitor)).text
    assert "3 of the photos were already on this site." in page


def test_files_in_the_form_keep_their_order(visitor: Visitor) -> None:
    """The first file chosen is on top."""
    files = [THREE[number] for number in (2, 0, 1)]
    assert widths(visitor.get(added(visitor, *files)).text) == [82, 80, 81]
