"""The host ends the link of an album, and opens it again.

Covers app.web.auth.album_access, app.web.pages.albums.album_link.
"""

from datetime import UTC, datetime, timedelta

from flask import Flask

from app.services.factory import Services
from tests.visitor import Visitor
from tests.web.pages.albums.link.linked_albums import album_of, states


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
