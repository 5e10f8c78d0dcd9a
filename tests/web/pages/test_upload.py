"""Adding photos through the front door.

Covers app.web.rendering.upload_limits, app.web.rendering.api.upload_json.
"""

import re
from dataclasses import replace
from html import unescape
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image

from app import create_app
from app.config import Config
from app.domain import object_keys
from app.services.factory import Services
from app.services.photo_service import PhotoService
from tests.backends import Backend
from tests.sample_images import jpeg, phone_exif, png
from tests.visitor import JSON, Visitor


def test_a_photo_is_in_the_gallery_at_once(visitor: Visitor) -> None:
    """One uploaded photo leads to its page and stands in the gallery."""
    answer = visitor.upload(jpeg(), title="Haeundae at dusk", tags="바다, Busan")
    assert answer.status_code == 303
    assert "Haeundae at dusk" in visitor.get(answer.location).text
    assert "Haeundae at dusk" in visitor.get("/").text


def test_every_object_of_a_listed_photo_is_there(
    visitor: Visitor, service: PhotoService, backend: Backend
) -> None:
    """A listed photo has its renditions, its original and its record."""
    photo = service.get(visitor.add())
    assert all(
        backend.objects.exists(key)
        for key in (*photo.object_keys, object_keys.sidecar(photo.photo_id))
    )


def test_each_file_succeeds_or_fails_by_itself(visitor: Visitor) -> None:
    """Of three files the broken one is named, the other two are in the gallery."""
    answer = visitor.upload(
        jpeg(), b"no picture", jpeg(), names=("one.jpg", "broken.jpg", "two.jpg")
    )
    assert answer.status_code == 422
    assert "broken.jpg" in answer.text
    added = answer.text.split("Already added:")[1]
    assert re.findall("<bdi.*?>(.*?)</bdi>", added) == ["one.jpg", "two.jpg"]
    assert visitor.get("/").text.count('class="caption"') == 2


def test_a_refused_file_leaves_nothing_behind(visitor: Visitor, backend: Backend) -> None:
    """A file that is no photo leaves no object and no item."""
    assert visitor.upload(b"no picture").status_code == 422
    assert list(backend.objects.list("")) == []
    assert list(backend.catalog.photos()) == []


def test_what_was_typed_is_still_there_after_an_error(visitor: Visitor) -> None:
    """Words sent with a bad file come back in the form, escaped."""
    answer = visitor.upload(
        b"no picture", title="My <title>", description="Two\nlines", tags="a, b", alt="A hill"
    )
    for words in ("My &lt;title&gt;", "Two\nlines", "a, b", "A hill"):
        assert words in answer.text


@pytest.mark.parametrize(
    ("field", "typed"),
    [("title", "x" * 201), ("tags", ",".join(map(str, range(21)))), ("alt", "x" * 1001)],
)
def test_words_too_many_are_refused_beside_their_field(
    visitor: Visitor, backend: Backend, field: str, typed: str
) -> None:
    """Too long a text is a 422 that says the limit, and no file is published."""
    answer = visitor.upload(jpeg(), **{field: typed})
    assert answer.status_code == 422
    assert "limit" in answer.text
    assert list(backend.catalog.photos()) == []


def test_the_same_form_sent_twice_makes_one_photo(visitor: Visitor, backend: Backend) -> None:
    """A double click, or a phone that sends again, leads to the photo made first."""
    body = jpeg()
    fields = visitor.fields("/upload")
    first, second = (
        visitor.post("/upload", fields | {"photo": (BytesIO(body), "IMG.jpg")}) for _ in range(2)
    )
    assert first.location == second.location
    assert len(list(backend.catalog.photos())) == 1
    assert len(list(backend.objects.list(object_keys.PUBLIC_PREFIX))) == len(
        next(iter(backend.catalog.photos())).object_keys
    )


def test_a_form_resent_after_a_partial_failure_makes_nothing_twice(
    visitor: Visitor, backend: Backend
) -> None:
    """The returned form keeps its upload id: sending all files again adds the missing ones."""
    good = jpeg()
    fields = visitor.fields("/upload")
    for bad in (b"no picture", jpeg()):
        files = [(BytesIO(good), "good.jpg"), (BytesIO(bad), "other.jpg")]
        answer = visitor.post("/upload", fields | {"photo": files})
        assert fields["upload_id"] in answer.text or answer.status_code == 303
    assert len(list(backend.catalog.photos())) == 2


def test_another_form_with_the_same_file_points_to_the_first(visitor: Visitor) -> None:
    """A file that is here already is pointed to."""
    body = jpeg()
    first = visitor.upload(body).location
    assert first in visitor.get(visitor.upload(body).location).text


def test_no_file_chosen_says_so(visitor: Visitor) -> None:
    """The form without a file asks for one."""
    answer = visitor.upload()
    assert answer.status_code == 422
    assert "Choose at least one" in answer.text


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_a_file_name_that_is_no_text_is_said(
    visitor: Visitor, backend: Backend, accept: str
) -> None:
    """A file name that is not UTF-8 is a 400 with a message."""
    body = (
        b'--b\r\nContent-Disposition: form-data; name="photo"; filename="caf\xe9.jpg"\r\n\r\n'
        + jpeg()
        + b"\r\n--b--"
    )
    answer = visitor.client.post(
        "/upload",
        data=body,
        content_type="multipart/form-data; boundary=b",
        headers=JSON | {"Accept": accept},
    )
    assert answer.status_code == 400
    assert "rename the file" in answer.text
    assert list(backend.catalog.photos()) == []


def test_a_photo_too_large_is_refused_by_name(visitor: Visitor, backend: Backend) -> None:
    """A file above MAX_UPLOAD_MB is a 413 that names it and the limit."""
    answer = visitor.upload(jpeg() + bytes(2 * 2**20), names=("huge.jpg",))
    assert answer.status_code == 413
    assert "huge.jpg" in answer.text
    assert "2\u00a0MB" in answer.text
    assert list(backend.objects.list("")) == []


def test_too_many_pixels_are_refused(visitor: Visitor) -> None:
    """An image above MAX_PIXELS is a 413."""
    assert visitor.upload(png(3200, 3200)).status_code == 413


def test_a_form_too_large_is_refused(visitor: Visitor) -> None:
    """A form above MAX_REQUEST_MB is a 413 that says what to do."""
    answer = visitor.post("/upload", {"photo": (BytesIO(bytes(21 * 2**20)), "a.jpg")})
    assert answer.status_code == 413
    assert "fewer or smaller" in answer.text


def filled_tags(visitor: Visitor, path: str) -> str:
    tags = re.search(r'<input [^>]*name="tags"[^>]*value="([^"]*)"', visitor.get(path).text)
    assert tags
    return unescape(tags[1])


@pytest.mark.parametrize(
    ("link", "filled"),
    [
        ("", "summer 26"),
        ("?tags=lake,%20Evening,summer%2026", "summer 26, lake, evening"),
        ("?tags=%22%3E%3Cb%3E", 'summer 26, "><b>'),
        ("?tags=" + "x" * 100, "summer 26"),
        ("?tags=" + ",".join(map(str, range(30))), "summer 26"),
        ("?tags=", "summer 26"),
    ],
)
def test_a_link_and_a_setting_fill_in_tags(
    config: Config, services: Services, link: str, filled: str
) -> None:
    """A link with an invalid tag fills in nothing. Visitors can change what is filled in."""
    visitor = Visitor(create_app(replace(config, site_tags=("summer 26",)), services))
    assert filled_tags(visitor, f"/upload{link}") == filled


def test_tags_that_are_filled_in_are_shown_beside_the_closed_fields(visitor: Visitor) -> None:
    summary = re.search(
        r"<summary>Details for all photos.*?</summary>", visitor.get("/upload").text
    )
    assert summary
    assert "<span" not in summary[0]
    assert (
        '<span class="hint" dir="auto">lake, sea</span>'
        in visitor.get("/upload?tags=lake,sea").text
    )


def test_a_script_gets_json(visitor: Visitor) -> None:
    """With Accept: application/json the response is a 201 that lists each photo."""
    answer = visitor.upload_json(jpeg(700, 500), b"no picture", title="From a script")
    assert answer.status_code == 201
    assert answer.json is not None
    (photo,) = answer.json["photos"]
    assert photo["url"].endswith(f"/photos/{photo['photo_id']}")
    assert visitor.get(photo["url"]).status_code == 200
    sizes = [(each["content_type"], each["width"]) for each in photo["renditions"]]
    assert sizes == [
        *(("image/jpeg", width) for width in (320, 640, 700)),
        *(("image/avif", width) for width in (320, 480, 640)),
    ]
    assert photo["original_url"].endswith("original.jpg")
    assert [error["filename"] for error in answer.json["errors"]] == ["IMG_1.jpg"]


def test_a_script_gets_a_problem_when_nothing_was_added(visitor: Visitor) -> None:
    """A failed upload answers a script with application/problem+json that names the file."""
    answer = visitor.upload_json(b"no picture")
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert answer.json["status"] == 422
    assert answer.json["errors"][0]["filename"] == "IMG_0.jpg"


def test_location_and_serial_number_are_removed(
    visitor: Visitor, service: PhotoService, backend: Backend
) -> None:
    """Location and serial number are removed, and the photo page says so."""
    answer = visitor.upload(jpeg(exif=phone_exif()))
    assert "Location and camera serial removed." in visitor.get(answer.location).text
    assert "Location and camera serial removed<" in visitor.get(answer.location).text
    assert (
        visitor.upload_json(jpeg(exif=phone_exif())).json["photos"][0]["removed_text"]
        == "Location and camera serial removed"
    )
    photo = service.get(answer.location.rpartition("/")[2])
    for key in photo.object_keys:
        body = backend.objects.get(key)
        assert b"SERIAL-12345" not in body
        assert not Image.open(BytesIO(body)).getexif().get_ifd(0x8825)


def test_camera_facts_are_on_the_photo_page(visitor: Visitor) -> None:
    """Make, model and exposure are shown, and when the photo was taken."""
    page = visitor.get(visitor.upload(jpeg(exif=phone_exif())).location).text
    for fact in ("Phone 7", "1/120", "1.8", "4.2", "50", "August 15, 2026"):
        assert fact in page


def test_a_sideways_photo_stands_upright(
    visitor: Visitor, service: PhotoService, backend: Backend
) -> None:
    """A photo with orientation 6 has its upright size, and so have its renditions."""
    photo_id = visitor.upload(jpeg(800, 600, exif=phone_exif(orientation=6))).location.rpartition(
        "/"
    )[2]
    photo = service.get(photo_id)
    assert (photo.width, photo.height) == (600, 800)
    rendition = Image.open(BytesIO(backend.objects.get(object_keys.rendition(photo_id, 320))))
    assert rendition.size == (320, 427)


def test_a_hostile_file_name_is_text_and_nothing_else(visitor: Visitor, backend: Backend) -> None:
    """Markup and paths in a file name are shown as text, and no object is called so."""
    answer = visitor.upload(jpeg(), names=("../../<script>alert(1)</script>.jpg",))
    assert "<script>alert" not in visitor.get(answer.location).text
    assert all("script" not in stored.key for stored in backend.objects.list(""))


def test_json_error_pages_are_problems_too(visitor: Visitor) -> None:
    """Whatever goes wrong, who asked for JSON gets a problem."""
    answer = visitor.get("/photos/nothing", headers=JSON)
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


def two_pages() -> bytes:
    body = BytesIO()
    page = Image.new("RGB", (64, 48), "navy")
    page.save(body, "TIFF", save_all=True, append_images=[page])
    return body.getvalue()


def animation() -> bytes:
    body = BytesIO()
    frames = [Image.new("RGB", (64, 48), color) for color in ("red", "navy")]
    frames[0].save(body, "AVIF", save_all=True, append_images=frames[1:], duration=100)
    return body.getvalue()


def panorama() -> bytes:
    data = jpeg()
    xmp = b"http://ns.adobe.com/xap/1.0/\0<x GPano:ProjectionType='equirectangular'/>"
    return data[:2] + b"\xff\xe1" + (len(xmp) + 2).to_bytes(2) + xmp + data[2:]


LEFT_OUT = {
    "1 more page of the file was left out.": two_pages,
    "The animation was left out; the photo is its first image.": animation,
    "The data for a 360° view was left out; the photo is flat.": panorama,
}


@pytest.mark.parametrize("note", LEFT_OUT)
def test_parts_that_a_photo_lacks_are_named(visitor: Visitor, note: str) -> None:
    """On the page of the photo, on the gallery after several photos, and for scripts."""
    file = LEFT_OUT[note]()
    answer = visitor.upload(file)
    assert note in visitor.get(answer.location).text
    assert visitor.upload_json(file).json["photos"][0]["left_out"] == [note]
    assert visitor.upload_json(jpeg()).json["photos"][0]["left_out"] == []
    both = [(BytesIO(file), "a"), (BytesIO(jpeg(99, 99)), "b")]
    form = visitor.fields("/upload") | {"photo": both, "add_duplicates": "1"}
    visitor.post("/upload", form)
    assert visitor.get("/").text.count(note) == 1


BLOCKED = "Your browser blocks this site’s cookies"


def without_cookies(app: Flask) -> Visitor:
    """Return a browser that blocks cookies."""
    visitor = Visitor(app)
    visitor.client = app.test_client(use_cookies=False)
    return visitor


def test_blocked_cookies_are_said_and_a_retry_makes_no_second_photo(
    app: Flask, backend: Backend
) -> None:
    """The script of a browser without cookies sends the same form twice, as after a lost answer."""
    visitor = without_cookies(app)
    form = {"upload_id": visitor.fields("/upload")["upload_id"]}
    body = jpeg(90, 60)
    first, again = (visitor.upload_json(body, **form).json for _ in range(2))
    assert first is not None
    assert again is not None
    for answer in (first, again):
        assert [BLOCKED in warning for warning in answer["warnings"]] == [True]
    assert first["photos"][0]["photo_id"] == again["photos"][0]["photo_id"]
    assert len(list(backend.catalog.photos())) == 1


def test_blocked_cookies_stop_a_form_without_a_script(app: Flask, backend: Backend) -> None:
    """The form's token needs the session cookie: nothing is added, and the page says why."""
    visitor = without_cookies(app)
    answer = visitor.upload(jpeg(), title="Typed for long")
    assert answer.status_code == 400
    assert "Allow cookies for this site" in answer.text
    assert "Typed for long" in answer.text
    assert list(backend.catalog.photos()) == []


def test_a_lost_contributor_cookie_is_said_on_the_photo_page(visitor: Visitor) -> None:
    """A browser that kept the session alone may get a new cookie, but reads that it was lost."""
    fields = visitor.fields("/upload")
    visitor.client.delete_cookie(visitor.cookie_name("contributor"))
    answer = visitor.post("/upload", fields | {"photo": (BytesIO(jpeg()), "a.jpg")})
    assert BLOCKED in visitor.get(answer.location).text


def test_blocked_cookies_are_said_beside_an_error(visitor: Visitor) -> None:
    """One file was added, another was not."""
    fields = visitor.fields("/upload")
    visitor.client.delete_cookie(visitor.cookie_name("contributor"))
    files = [(BytesIO(jpeg()), "a.jpg"), (BytesIO(b"no picture"), "b.jpg")]
    answer = visitor.post("/upload", fields | {"photo": files})
    assert answer.status_code == 422
    assert BLOCKED in answer.text


def test_cookies_that_work_cause_no_warning(app: Flask, visitor: Visitor) -> None:
    """Neither does a script that never opened the form, such as curl."""
    form = {"upload_id": visitor.fields("/upload")["upload_id"]}
    assert visitor.upload_json(jpeg(), **form).json["warnings"] == []
    script = without_cookies(app)
    assert script.upload_json(jpeg()).json["warnings"] == []
    assert script.upload_json(jpeg(), upload_id="mine").json["warnings"] == []
