"""Quotas limit the number and the size of stored photos. Covers app.services.quotas."""

from dataclasses import replace
from io import BytesIO
from unittest import mock

import pytest

from app import create_app
from app.config import Config
from app.services.upload_service import UploadService
from tests.backends import Backend
from tests.conftest import services_of
from tests.sample_images import jpeg
from tests.visitor import Visitor

ADMIN_PASSWORD = "let me rule"
LARGE = jpeg(800, 600) + bytes(1_000_000)  # the bytes after the image count as uploaded


def site_of(config: Config, backend: Backend, **settings: int) -> Visitor:
    limited = replace(config, admin_password=ADMIN_PASSWORD, **settings)
    return Visitor(create_app(limited, services_of(backend, limited)))


def another(visitor: Visitor) -> Visitor:
    return Visitor(visitor.client.application)


def objects_of(backend: Backend) -> list[str]:
    return [stored.key for stored in backend.objects.list("")]


def test_a_contributor_keeps_so_many_photos_and_no_more(config: Config, backend: Backend) -> None:
    """A photo over the quota is a 403, is not decoded and leaves nothing; others may upload."""
    visitor = site_of(config, backend, max_photos_per_contributor=2)
    assert [visitor.upload(jpeg()).status_code for _ in range(2)] == [303, 303]
    before = objects_of(backend)
    with mock.patch.object(UploadService, "_process", side_effect=AssertionError):
        answer = visitor.upload(jpeg(), title="Typed for long")
    assert answer.status_code == 403
    assert "reached your limit of 2 photos." in answer.text
    assert "Typed for long" in answer.text
    assert (len(list(backend.catalog.photos())), objects_of(backend)) == (2, before)
    assert another(visitor).upload(jpeg()).status_code == 303


def test_the_form_says_what_one_person_may_keep(config: Config, backend: Backend) -> None:
    """The form states the quotas next to the other limits, if there are any."""
    limited = (
        site_of(config, backend, max_photos_per_contributor=1200, max_mb_per_contributor=500)
        .get("/upload")
        .text
    )
    assert "You can keep up to 1,200 photos here." in limited
    assert "photos can use up to 500\u00a0MB in total." in limited
    assert "One person" not in site_of(config, backend).get("/upload").text


def test_the_files_of_one_form_are_counted_one_by_one(config: Config, backend: Backend) -> None:
    """Of three files two fit, and the third is named."""
    visitor = site_of(config, backend, max_photos_per_contributor=2)
    answer = visitor.upload(jpeg(), jpeg(), jpeg(), names=("one.jpg", "two.jpg", "three.jpg"))
    assert answer.status_code == 403
    assert "three.jpg" in answer.text
    assert len(list(backend.catalog.photos())) == 2


def test_a_contributor_keeps_so_many_bytes_and_no_more(config: Config, backend: Backend) -> None:
    """A file larger than the free space is refused with the figures, a smaller one is not."""
    visitor = site_of(config, backend, max_mb_per_contributor=1)
    assert visitor.upload(jpeg()).status_code == 303
    answer = visitor.upload(LARGE)
    assert answer.status_code == 403
    assert "of 1\u00a0MB." in answer.text
    assert visitor.upload(jpeg()).status_code == 303
    assert len(list(backend.catalog.photos())) == 2


@pytest.mark.parametrize("settings", [{"max_photos": 1}, {"max_gb": 1}])
def test_the_site_keeps_so_much_and_no_more(
    config: Config, backend: Backend, settings: dict[str, int]
) -> None:
    """The site's quota also applies to the admin and to scripts."""
    visitor = site_of(config, backend, **settings)
    assert visitor.upload(jpeg()).status_code == 303
    [photo] = backend.catalog.photos()
    backend.catalog.update(photo, photo.next_version(bytes=2**30))
    admin = another(visitor)
    admin.submit("/login", password=ADMIN_PASSWORD)
    for who in (visitor, another(visitor), admin):
        answer = who.upload(jpeg())
        assert answer.status_code == 403
        assert "limit of" in answer.text or "out of space" in answer.text
    refused = visitor.upload_json(jpeg())
    assert (refused.status_code, refused.content_type) == (403, "application/problem+json")
    assert "Ask the site’s manager to make room." in refused.json["detail"]  # type: ignore[index]


def test_the_admin_is_held_to_the_site_s_quota_alone(config: Config, backend: Backend) -> None:
    """An admin may add more photos than a contributor."""
    admin = site_of(config, backend, max_photos_per_contributor=1, max_photos=2)
    admin.submit("/login", password=ADMIN_PASSWORD)
    assert [admin.upload(jpeg()).status_code for _ in range(3)] == [303, 303, 403]


def test_deleting_makes_no_room_until_nothing_can_be_restored(
    config: Config, backend: Backend
) -> None:
    """Photos in the trash count toward the quota until the trash is emptied."""
    visitor = site_of(config, backend, max_photos_per_contributor=1)
    photo_id = visitor.add()
    visitor.submit(f"/photos/{photo_id}/delete")
    assert visitor.upload(jpeg()).status_code == 403
    photo = backend.catalog.get(photo_id)
    backend.catalog.update(photo, photo.next_version(expires_at=1))
    assert visitor.upload(jpeg()).status_code == 303


def test_the_same_form_sent_twice_is_not_held_to_the_quota(
    config: Config, backend: Backend
) -> None:
    """Sending the last allowed form twice leads to its photo; a new form is refused."""
    visitor = site_of(config, backend, max_photos_per_contributor=1)
    fields, body = visitor.fields("/upload"), jpeg()
    answers = [
        visitor.post("/upload", fields | {"photo": (BytesIO(body), "a.jpg")}) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    assert visitor.upload(body).status_code == 403


def test_the_same_form_finds_its_photo_among_others_of_the_file(
    config: Config, backend: Backend
) -> None:
    """The same file from another contributor in between does not make it one too many."""
    visitor = site_of(config, backend, max_photos_per_contributor=1)
    fields, body = visitor.fields("/upload"), jpeg()
    first = visitor.post("/upload", fields | {"photo": (BytesIO(body), "a.jpg")})
    assert another(visitor).upload(body).status_code == 303
    again = visitor.post("/upload", fields | {"photo": (BytesIO(body), "a.jpg")})
    assert (again.status_code, again.location) == (303, first.location)
