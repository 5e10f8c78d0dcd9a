"""A token for one album has no rights elsewhere.

Covers app.web.auth.principals.token_review.
"""

from flask import Flask

from app.domain.albums.album import AlbumContributors, AlbumVisibility
from app.domain.albums.album_text import AlbumText
from app.domain.photo_summary import PhotoState, Role
from app.services.factory import Services
from app.web.auth.principals import principal
from tests.web.auth.principals.script import Script
from tests.web.auth.principals.waiting_photos import waiting_photo


def test_a_token_for_one_album_adds_photos_there(app: Flask, services: Services) -> None:
    """Without the field, too. They are as the album is, and it needs no right of its owner."""
    album = services.albums.create(
        "host", AlbumText("Party", ""), visibility=AlbumVisibility.UNLISTED
    )
    other = services.albums.create(
        "host", AlbumText("Other", ""), contributors=AlbumContributors.EVERYONE
    )
    script = Script.with_token(app, services, Role.CONTRIBUTOR, album.album_id)
    photos = [
        services.photos.get(script.add(**fields)) for fields in ({}, {"album": album.album_id})
    ]
    for photo in photos:
        assert [each.album_id for each in photo.albums] == [album.album_id]
        assert photo.state is PhotoState.UNLISTED
    elsewhere = script.upload(album=other.album_id)
    assert elsewhere.status_code == 403
    assert elsewhere.json["detail"] == "This access token isn’t for that."
    services.albums.delete(services.albums.get(album.album_id))
    assert script.upload().status_code == 404


def test_a_token_for_one_album_changes_nothing_else(app: Flask, services: Services) -> None:
    """Its photos come into no other album and not into the gallery, whatever the request."""
    album = services.albums.create(
        "host", AlbumText("Party", ""), visibility=AlbumVisibility.UNLISTED
    )
    everyone = services.albums.create(
        "host", AlbumText("Other", ""), contributors=AlbumContributors.EVERYONE
    )
    script = Script.with_token(app, services, Role.CONTRIBUTOR, album.album_id)
    photo_id = script.add()
    before = services.photos.get(photo_id)
    fields = {"photo": photo_id, "album": everyone.album_id, "title": "New", "order": "added"}
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and rule.endpoint not in principal._IN_ONE_ALBUM:
            path = rule.rule
            values = {"photo_id": photo_id, "album_id": everyone.album_id}
            for name in rule.arguments:
                path = path.replace(
                    path[path.index("<") : path.index(">") + 1], values.get(name, "list")
                )
            assert script.post(path, fields).status_code in {403, 404}, path
    assert services.photos.get(photo_id) == before
    assert script.post(f"/photos/{photo_id}/delete", {}).status_code == 303


def test_a_reviewer_reviews_one_album(app: Flask, services: Services) -> None:
    """It approves and refuses there like the owner, and sees no photo that waits elsewhere."""
    texts = (AlbumText("Party", ""), AlbumText("Other", ""))
    album, other = (services.albums.create("host", text) for text in texts)
    waiting = [waiting_photo(app, services, each) for each in (album, album, other)]
    reviewer = Script.with_token(app, services, Role.REVIEWER, album.album_id)
    contributor = Script.with_token(app, services, Role.CONTRIBUTOR, album.album_id)
    pages = [reviewer.get(f"/albums/{each.album_id}/review") for each in (album, other)]
    assert [page.status_code for page in pages] == [200, 403]
    assert [reviewer.get(f"/photos/{each}").status_code for each in waiting] == [200, 200, 404]
    assert [contributor.get(f"/photos/{each}").status_code for each in waiting] == [404] * 3
    assert reviewer.post(f"/photos/{waiting[0]}/approve", {}).status_code == 303
    path = f"/albums/{album.album_id}/review/refuse"
    assert reviewer.post(path, {"photo": waiting[1]}).status_code == 303
    assert reviewer.post(f"/photos/{waiting[2]}/approve", {}).status_code == 404
    states = [services.photos.get_any_state(each).state for each in waiting]
    assert states == [PhotoState.PUBLIC, PhotoState.TRASHED, PhotoState.PENDING]
    assert services.photos.get_any_state(waiting[1]).trashed_by is Role.REVIEWER
    again = reviewer.post(f"/photos/{waiting[0]}/refuse", {})
    assert (again.status_code, "isn’t waiting" in again.json["detail"]) == (409, True)


def test_a_reviewer_sees_nothing_of_a_closed_album(app: Flask, services: Services) -> None:
    """Its pages are for the owner and the admin alone. The reviewer is back when it is opened."""
    album = services.albums.create(
        "host", AlbumText("Party", ""), visibility=AlbumVisibility.UNLISTED
    )
    waiting = waiting_photo(app, services, album)
    reviewer = Script.with_token(app, services, Role.REVIEWER, album.album_id)
    pages = (f"/albums/{album.album_id}/review", f"/photos/{waiting}")
    assert [reviewer.get(page).status_code for page in pages] == [200, 200]
    services.album_links.end_now(services.albums.get(album.album_id))
    assert [reviewer.get(page).status_code for page in pages] == [403, 404]
    assert reviewer.get(f"/albums/{album.album_id}").status_code == 410
    for action in (f"/photos/{waiting}/approve", f"/photos/{waiting}/refuse"):
        assert reviewer.post(action, {}).status_code == 404
    assert services.photos.get_any_state(waiting).state is PhotoState.PENDING
