"""The host lets the link of an album end, ends it, and opens it again.

Covers app.web.auth.album_access, app.web.pages.albums.end_form,
app.web.pages.albums.link_step_form, app.web.bulk.album_steps.
"""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.domain.albums.album import Album
from app.domain.errors import StorageUnavailable
from app.domain.photo_summary import PhotoState
from app.services.factory import Services
from app.web.bulk import album_steps
from tests.backends import Backend
from tests.sample_images import jpeg
from tests.visitor import Visitor

PHOTOS = 5


@pytest.fixture
def album_id(visitor: Visitor) -> str:
    """An unlisted album with unlisted photos."""
    form = {"title": "Party", "visibility": "unlisted"}
    album_id = visitor.send("/albums/new", **form).location.rpartition("/")[2]
    bodies = [jpeg(60 + number, 40) for number in range(PHOTOS)]
    fields = visitor.fields(f"/upload?album={album_id}")
    assert visitor.upload(*bodies, **fields).status_code == 303
    return album_id


def album_of(services: Services, album_id: str) -> Album:
    return services.albums.get(album_id)


def hidden_fields(page: str) -> dict[str, str]:
    """Return the form with which the page of a step continues."""
    named = [dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in re.findall(r"<input[^>]*>", page)]
    return {tag["name"]: tag["value"] for tag in named if tag.get("type") == "hidden"}


def states(services: Services, album_id: str) -> list[str]:
    page = services.albums.page(album_id, 60)
    return sorted({photo.state.value for photo in page.summaries})


def test_the_link_ends_and_opens_again(
    app: Flask, visitor: Visitor, services: Services, album_id: str
) -> None:
    """The page of the album leads there. Strangers read that the link has ended."""
    path, stranger = f"/albums/{album_id}", Visitor(app)
    assert f'href="{path}/link"' in visitor.get(path).text
    assert "End now" in visitor.get(f"{path}/link").text
    answer = visitor.post(f"{path}/link/end", visitor.fields(f"{path}/link"))
    assert (answer.status_code, answer.location) == (303, path)
    assert states(services, album_id) == ["private"]
    refused = stranger.get(path)
    assert refused.status_code == 410
    assert "The link of this album has ended" in refused.text
    page = visitor.get(path).text
    assert "Only you and the site’s manager can open this album" in page
    assert "Ended" in visitor.get("/albums/mine").text
    answer = visitor.post(f"{path}/link/open", visitor.fields(f"{path}/link"))
    assert (answer.status_code, answer.location) == (303, path)
    assert states(services, album_id) == ["unlisted"]
    assert stranger.get(path).status_code == 200
    assert album_of(services, album_id).settle_at is None


def test_an_action_that_is_sent_twice_changes_nothing(
    visitor: Visitor, services: Services, album_id: str
) -> None:
    fields = visitor.fields(f"/albums/{album_id}/link")
    for verb in ("end", "open"):
        visitor.post(f"/albums/{album_id}/link/{verb}", fields)
        before = album_of(services, album_id)
        assert visitor.post(f"/albums/{album_id}/link/{verb}", fields).status_code == 303
        assert album_of(services, album_id) == before
        assert visitor.get(f"/albums/{album_id}/link/{verb}").status_code == 303


def test_many_photos_follow_in_several_requests(
    monkeypatch: pytest.MonkeyPatch, visitor: Visitor, services: Services, album_id: str
) -> None:
    """The page of each request continues, and the album is closed from the first one on."""
    monkeypatch.setattr(album_steps, "MAX_PHOTOS", 2)
    fields = visitor.fields(f"/albums/{album_id}/link")
    path, requests = f"/albums/{album_id}/link/end", 1
    answer = visitor.post(path, fields)
    while answer.status_code == 200:
        assert not services.album_links.is_open(album_of(services, album_id))
        assert f"of {PHOTOS} photos" in answer.text
        answer = visitor.post(f"{path}?total={PHOTOS}", hidden_fields(answer.text))
        requests += 1
    assert (answer.status_code, requests) == (303, 3)
    assert states(services, album_id) == ["private"]


@pytest.mark.parametrize("steps", [1, 2])
@pytest.mark.parametrize(("old", "verb"), [("end", "open"), ("open", "end")])
def test_a_form_of_an_earlier_change_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
    visitor: Visitor,
    services: Services,
    album_id: str,
    old: str,
    verb: str,
    steps: int,
) -> None:
    """All photos follow the last change of the link, which a page in another tab does not end."""
    path = f"/albums/{album_id}/link"
    fields = visitor.fields(path)
    if old == "open":
        visitor.post(f"{path}/end", fields)
    monkeypatch.setattr(album_steps, "MAX_PHOTOS", 2)
    tab = visitor.post(f"{path}/{old}", fields)
    for _ in range(steps - 1):
        tab = visitor.post(f"{path}/{old}", hidden_fields(tab.text))
    visitor.post(f"{path}/{verb}", fields)
    requests = 0
    while tab.status_code == 200:
        tab = visitor.post(f"{path}/{old}", hidden_fields(tab.text))
        assert services.album_links.is_open(album_of(services, album_id)) == (verb == "open")
        requests += 1
    text = "The link is open again." if verb == "open" else "The link has ended."
    assert text in visitor.get(f"/albums/{album_id}").text
    assert requests == 3
    assert states(services, album_id) == ["unlisted" if verb == "open" else "private"]


def test_a_form_that_continues_nothing_does_not_end_the_link(
    visitor: Visitor, services: Services, album_id: str
) -> None:
    """Its position is that of no step."""
    path = f"/albums/{album_id}/link"
    after = {"after": "99991231235959-01ARZ3NDEKTSV4RRFFQ69G5FAV"}
    assert visitor.post(f"{path}/end", visitor.fields(path) | after).status_code == 303
    assert services.album_links.is_open(album_of(services, album_id))
    assert "The link has ended." not in visitor.get(f"/albums/{album_id}").text


def test_a_storage_that_fails_is_reported_and_the_task_goes_on(
    monkeypatch: pytest.MonkeyPatch,
    backend: Backend,
    visitor: Visitor,
    services: Services,
    album_id: str,
) -> None:
    """The page answers 503 and offers to try again."""

    def fail(*_arguments: object, **_options: object) -> None:
        raise StorageUnavailable("injected")

    fields = visitor.fields(f"/albums/{album_id}/link")
    with monkeypatch.context() as patch:
        patch.setattr(backend.objects, "copy", fail)
        answer = visitor.post(f"/albums/{album_id}/link/end", fields)
    assert answer.status_code == 503
    assert "Try again" in answer.text or "Continue" in answer.text
    services.album_links.settle_due()
    moved = [photo.state for photo in services.albums.page(album_id, 60).summaries]
    assert set(moved) == {PhotoState.PRIVATE}


def test_an_end_in_the_future_is_shown_and_removed(
    visitor: Visitor, services: Services, album_id: str
) -> None:
    path = f"/albums/{album_id}/link"
    end = {"until_date": "2040-02-29", "until_time": "18:30"}
    assert visitor.submit(path, **end).status_code == 303
    assert album_of(services, album_id).ends_at == datetime(2040, 2, 29, 18, 30, tzinfo=UTC)
    page = visitor.get(path).text
    assert 'value="2040-02-29"' in page
    assert 'value="18:30"' in page
    assert "until" in visitor.get(f"/albums/{album_id}").text
    assert visitor.submit(path, until_date="", until_time="").status_code == 303
    assert album_of(services, album_id).ends_at is None


def test_a_closed_album_with_a_later_end_is_open_until_then(
    visitor: Visitor, services: Services, album_id: str
) -> None:
    path = f"/albums/{album_id}/link"
    visitor.post(f"{path}/end", visitor.fields(path))
    assert visitor.submit(path, until_date="2040-02-29").status_code == 303
    album = album_of(services, album_id)
    assert services.album_links.is_open(album)
    assert album.settle_at == album.ends_at
    assert states(services, album_id) == ["unlisted"]


@pytest.mark.parametrize(
    ("day", "clock"),
    [
        ("2001-01-01", ""),
        ("soon", ""),
        ("2040-02-30", ""),
        ("2040-02-29", "25:00"),
        ("", "10:00"),
        ("9999-12-31", ""),
        ("2200-01-01", "00:00"),
        ("0001-01-01", "00:00"),
    ],
)
def test_a_wrong_end_is_refused_and_stays_in_the_form(
    visitor: Visitor, services: Services, album_id: str, day: str, clock: str
) -> None:
    answer = visitor.submit(f"/albums/{album_id}/link", until_date=day, until_time=clock)
    assert answer.status_code == 422
    assert not day or f'value="{day}"' in answer.text
    assert album_of(services, album_id).ends_at is None


def test_the_link_of_a_public_album_does_not_end(visitor: Visitor) -> None:
    path = visitor.submit("/albums/new", title="Lake").location
    assert f'href="{path}/link"' not in visitor.get(path).text
    assert "does not end" in visitor.get(f"{path}/link").text
    token = visitor.fields(f"{path}/edit")
    assert visitor.post(f"{path}/link/end", token).status_code == 422
    later = token | {"until_date": f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}"}
    assert visitor.post(f"{path}/link", later).status_code == 422


def test_the_page_says_how_many_photos_stay_in_the_gallery(
    visitor: Visitor, services: Services, album_id: str
) -> None:
    path = f"/albums/{album_id}/link"
    assert "Of the first" not in visitor.get(path).text
    services.albums.add(album_id, visitor.add())
    assert "Of the first 100 photos, 1 is in the gallery" in visitor.get(path).text


def test_only_the_owner_and_the_admin_end_a_link(
    app: Flask, services: Services, album_id: str
) -> None:
    stranger, path = Visitor(app), f"/albums/{album_id}/link"
    fields = stranger.fields("/albums/new")
    assert stranger.get(path).status_code == 403
    for each in (path, f"{path}/end", f"{path}/open"):
        assert stranger.post(each, fields | {"until_date": "2040-01-01"}).status_code == 403
    assert album_of(services, album_id).ends_at is None


def test_the_guest_page_of_a_closed_album_says_so(visitor: Visitor, album_id: str) -> None:
    guests = f"/albums/{album_id}/guests"
    visitor.submit(guests, guest_access="see", guest_limit="10")
    visitor.post(f"/albums/{album_id}/link/end", visitor.fields(f"/albums/{album_id}/link"))
    page = visitor.get(guests).text
    assert "The link of the album has ended, and the guest link with it." in page
