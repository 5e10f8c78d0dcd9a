"""Adding photos with the upload form and by scripts.

Covers app.web.rendering.upload_limits, app.web.rendering.api.upload_json.
"""

import re
from io import BytesIO

import pytest

from app.domain import object_keys
from app.services.photo_service import PhotoService
from tests.backends import Backend
from tests.sample_images import jpeg
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
