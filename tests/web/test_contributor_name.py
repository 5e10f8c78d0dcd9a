"""The name of who added a photo: typed, remembered, shown and kept.

Covers app.web.auth.contributor_name.
"""

import json
import re
from html import unescape

import pytest
from flask import Flask

from app.services.photo_service import PhotoService
from tests.sample_images import jpeg
from tests.visitor import Visitor

NAME = "미나 “&” <Mina>"


def typed_name(visitor: Visitor) -> str:
    """Return the name in the form of an upload."""
    [tag] = re.findall(r'<input[^>]*name="contributor_name"[^>]*>', visitor.get("/upload").text)
    return unescape(re.findall(r'value="([^"]*)"', tag)[0])


def test_a_name_is_shown_where_the_photo_is(visitor: Visitor) -> None:
    """The page, the feed, oEmbed and JSON-LD say who added the photo."""
    path = visitor.upload(jpeg(), contributor_name=f" {NAME}\n").location
    page = visitor.get(path).text
    assert f"Added by <bdi>{NAME}</bdi>" in unescape(page.replace("\n", ""))
    [linked_data] = re.findall(r"ld\+json\">(.*?)</script>", page)
    assert json.loads(linked_data)["creator"] == {"@type": "Person", "name": NAME}
    feed = unescape(visitor.get("/feed.xml").text)
    assert f"<name>{NAME}</name>" in feed.split("<entry>")[1]
    assert visitor.get(f"/oembed?url=http://localhost{path}").json["author_name"] == NAME


def test_a_photo_without_a_name_has_no_author(visitor: Visitor) -> None:
    """The name is optional, and blank characters are none."""
    path = visitor.upload(jpeg(), contributor_name="\N{HANGUL FILLER}").location
    page = visitor.get(path).text
    assert "Added by" not in page
    assert '"creator"' not in page
    assert "<author>" not in visitor.get("/feed.xml").text.split("<entry>")[1]
    assert "author_name" not in visitor.get(f"/oembed?url=http://localhost{path}").json


def test_a_name_is_remembered_until_it_is_emptied(app: Flask, visitor: Visitor) -> None:
    """The next form has the name that this browser sent last."""
    assert typed_name(visitor) == ""
    visitor.add(contributor_name=NAME)
    assert typed_name(visitor) == NAME
    assert typed_name(Visitor(app)) == ""
    answer = visitor.upload(jpeg(), contributor_name="")
    assert "contributor-name" in str(answer.headers.getlist("Set-Cookie"))
    assert visitor.cookie("contributor-name") == ""
    assert typed_name(visitor) == ""
    assert "contributor-name" not in str(visitor.upload(jpeg()).headers.getlist("Set-Cookie"))


@pytest.mark.parametrize("base_url", ["http://localhost", "https://localhost"])
def test_the_cookie_is_hidden_from_scripts(visitor: Visitor, base_url: str) -> None:
    """It has the attributes of the other cookies, also when it is deleted."""
    for name in (NAME, ""):
        answer = visitor.client.post(
            "/upload",
            base_url=base_url,
            data={"contributor_name": name},
            content_type="multipart/form-data",
            headers={"X-Requested-With": "test"},
        )
        [cookie] = [it for it in answer.headers.getlist("Set-Cookie") if "contributor-name" in it]
        assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
        assert ("; Secure" in cookie) == cookie.startswith("__Host-") == ("https" in base_url)


@pytest.mark.parametrize("value", ["x" * 61, "%FF%00", "%", "x" * 3000, "%E2%80%AEx"])
def test_a_forged_cookie_is_cleaned(visitor: Visitor, value: str) -> None:
    """A name that no form accepts is not shown, and control characters are left out."""
    visitor.set_cookie("contributor-name", value)
    name = typed_name(visitor)
    assert len(name) <= 60
    assert name.isprintable()


def test_a_name_that_is_too_long_is_refused(visitor: Visitor) -> None:
    """The form says by how much, keeps the text, and remembers nothing."""
    answer = visitor.upload(jpeg(), contributor_name="x" * 61)
    assert answer.status_code == 422
    assert "The name is 1 character too long (limit 60)." in answer.text
    assert "x" * 61 in answer.text
    assert visitor.cookie("contributor-name") == ""


def test_the_name_of_a_photo_can_be_edited(visitor: Visitor, service: PhotoService) -> None:
    """An edit changes the photo alone, not the name for the next upload."""
    photo_id = visitor.add(contributor_name="Mina")
    path = f"/photos/{photo_id}"
    assert 'value="Mina"' in visitor.get(f"{path}/edit").text
    assert visitor.submit(f"{path}/edit", contributor_name="Anna").status_code == 303
    assert service.get(photo_id).summary.contributor_name == "Anna"
    assert "Added by <bdi>Anna</bdi>" in visitor.get(path).text
    assert typed_name(visitor) == "Mina"
