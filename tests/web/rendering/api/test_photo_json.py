"""A photo in JSON has what its page shows, and nothing that the page does not show."""

import json
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlsplit

from app.domain.image.credit import Credit
from app.domain.photo import Photo
from tests.backends import Backend, make_photo
from tests.sample_images import jpeg, phone_exif
from tests.visitor import JSON, Visitor
from tests.web.rendering.api.openapi import documented

CREDIT = Credit(creator="Anna", license_url="https://creativecommons.org/licenses/by/4.0/")


def read(visitor: Visitor, photo: Photo, **headers: str) -> dict[str, Any]:
    """Return the photo of the answer for it."""
    answer = visitor.get(f"/photos/{photo.photo_id}", headers=JSON | headers)
    found: dict[str, Any] = documented(answer, "/photos/{photo_id}")["photo"]
    return found


def listed(visitor: Visitor, path: str = "/") -> dict[str, Any]:
    """Return the first photo of a listing."""
    found: dict[str, Any] = visitor.get(path, headers=JSON).json["photos"][0]
    return found


def test_a_photo_has_the_values_of_its_page(visitor: Visitor, backend: Backend) -> None:
    """Its listing has the same ones, except those that no summary has."""
    taken_at = datetime(2026, 11, 14, 17, 3)  # noqa: DTZ001  local time
    photo = make_photo(
        title="Pier",
        alt="A pier",
        description="At dusk",
        tags=("sea", "바다"),
        contributor_name="Mina",
        taken_at=taken_at,
        credit=CREDIT,
    )
    backend.catalog.publish(photo)
    found = read(visitor, photo)
    expected = {
        "photo_id": photo.photo_id,
        "url": f"http://localhost/photos/{photo.photo_id}",
        "state": "public",
        "title": "Pier",
        "alt": "A pier",
        "contributor_name": "Mina",
        "rights": "Anna · CC BY 4.0",
        "taken_at": "2026-11-14T17:03:00",
        "taken_precision": None,
        "taken_about": False,
        "uploaded_at": photo.uploaded_at.isoformat(),
        "width": 4032,
        "height": 3024,
        "placeholder": "#8090a0",
    }
    of_page_alone = {
        "description": "At dusk",
        "tags": ["sea", "바다"],
        "license_url": "https://creativecommons.org/licenses/by/4.0/",
        "original_url": found["original_url"],
    }
    renditions = {"renditions": found["renditions"]}
    assert found == expected | of_page_alone | renditions
    assert listed(visitor) == listed(visitor, "/tags/sea") == expected | renditions


def test_images_have_absolute_urls(visitor: Visitor, backend: Backend) -> None:
    """They are those of the photo's objects, each with its size in pixels."""
    photo = make_photo(revision=1)
    backend.catalog.publish(photo)
    found = read(visitor, photo)
    urls = [found["original_url"], *(each["url"] for each in found["renditions"])]
    assert all(urlsplit(url).scheme in ("http", "https") for url in urls)
    names = [url.rpartition("/photos/")[2] for url in urls]
    assert sorted(names) == sorted(key.removeprefix("photos/") for key in photo.object_keys)
    first = found["renditions"][0]
    assert (first["width"], first["height"], first["content_type"]) == (320, 240, "image/jpeg")
    assert found["renditions"][-1]["content_type"] == "image/avif"


def test_a_photo_without_texts_has_its_date_as_title(visitor: Visitor, backend: Backend) -> None:
    """The title is in the visitor's language. Other missing texts are empty, the rest is null."""
    taken_at = datetime(2026, 11, 14, 17, 3, tzinfo=timezone(timedelta(hours=9)))
    photo = make_photo(title="", taken_at=taken_at)
    backend.catalog.publish(photo)
    found = read(visitor, photo)
    assert (found["title"], found["alt"]) == ("Photo, November 14, 2026",) * 2
    assert found["taken_at"] == "2026-11-14T17:03:00+09:00"
    assert (found["description"], found["contributor_name"], found["rights"]) == ("", "", "")
    assert (found["tags"], found["license_url"]) == ([], None)
    assert "2026년 11월 14일" in read(visitor, photo, **{"Accept-Language": "ko"})["title"]


def test_json_has_no_secrets(visitor: Visitor, backend: Backend) -> None:
    """Neither places nor hashes, the owner or the name of the file, also for the owner."""
    visitor.upload(jpeg(exif=phone_exif()), names=("secret name.jpg",))
    photo_id = listed(visitor)["photo_id"]
    photo = backend.catalog.get(photo_id)
    for path in ("/", "/uploads", f"/photos/{photo_id}"):
        text = json.dumps(visitor.get(path, headers=JSON).json)
        for secret in (photo.owner, photo.sha256, photo.idempotency_key, "secret name"):
            assert secret not in text
        assert not {"latitude", "location", "owner", "camera"} & set(text.split('"'))


def test_a_hidden_photo_is_for_its_owner(visitor: Visitor) -> None:
    """Its images have addresses that check who asks. Others learn nothing of it."""
    photo_id = visitor.add()
    visitor.post(f"/photos/{photo_id}/hide", visitor.fields("/upload"))
    path = f"/photos/{photo_id}"
    found = documented(visitor.get(path, headers=JSON), "/photos/{photo_id}")["photo"]
    assert found["state"] == listed(visitor, "/uploads")["state"] == "hidden"
    stranger = Visitor(visitor.app)
    assert stranger.get(path, headers=JSON).status_code == 404
    assert stranger.get("/", headers=JSON).json["photos"] == []
    for url in (found["original_url"], found["renditions"][0]["url"]):
        assert visitor.get(urlsplit(url).path).status_code == 200
        assert stranger.get(urlsplit(url).path).status_code == 404


def test_a_photo_in_the_trash_has_no_images(visitor: Visitor) -> None:
    """Its owner sees that it is there, and others do not."""
    photo_id = visitor.add()
    visitor.submit(f"/photos/{photo_id}/delete")
    path = f"/photos/{photo_id}"
    found = documented(visitor.get(path, headers=JSON), "/photos/{photo_id}")["photo"]
    assert (found["state"], found["renditions"], found["original_url"]) == ("trashed", [], None)
    answer = visitor.get("/uploads/deleted", headers=JSON)
    (deleted,) = documented(answer, "/uploads/deleted")["photos"]
    assert (deleted["photo_id"], deleted["renditions"]) == (photo_id, [])
    assert Visitor(visitor.app).get(path, headers=JSON).status_code == 404
