"""Each change by the admin, each login and each logout is a line of the log.

Covers app.web.operations.hooks.
"""

import logging
from dataclasses import replace
from io import BytesIO
from unittest import mock

import pytest
from flask import Flask

from app.config import Config
from app.domain.errors import StorageUnavailable
from app.domain.photo_summary import Role
from app.domain.upload import PhotoText, UploadRequest
from app.services.factory import Services
from tests.sample_images import jpeg
from tests.visitor import JSON, Visitor

PASSWORD = "let me rule"
LOGINS = 10  # wrong ones a minute


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, admin_password=PASSWORD)


class ActionLog:
    """The lines about admin actions since the last look."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO)
        self._caplog = caplog

    def take(self) -> list[str]:
        lines = [record.getMessage() for record in self._caplog.records]
        self._caplog.clear()
        return [line for line in lines if line.startswith(("admin_action", "login_refused"))]


@pytest.fixture
def actions(caplog: pytest.LogCaptureFixture) -> ActionLog:
    return ActionLog(caplog)


@pytest.fixture
def photo_id(visitor: Visitor) -> str:
    return visitor.add(title="Who-Wrote-This")


@pytest.fixture
def admin(app: Flask, photo_id: str, actions: ActionLog) -> Visitor:
    admin = Visitor(app)
    admin.submit("/login", password=PASSWORD)
    actions.take()
    return admin


def test_login_and_logout_are_logged(app: Flask, actions: ActionLog) -> None:
    """So is a wrong password, without the password."""
    visitor = Visitor(app)
    visitor.submit("/login", password="not the password")
    assert actions.take() == ["login_refused"]
    visitor.submit("/login", password=PASSWORD)
    assert actions.take() == ["admin_action action=login page=login"]
    visitor.submit("/login", next="")
    actions.take()
    fields = visitor.fields("/")
    visitor.post("/logout", {"csrf_token": fields["csrf_token"]})
    assert actions.take() == ["admin_action action=logout page=login"]


@pytest.mark.parametrize("role", [Role.ADMIN, Role.CONTRIBUTOR])
def test_a_login_with_a_token_is_logged(
    app: Flask, services: Services, actions: ActionLog, role: Role
) -> None:
    """With the id of the token, if it is that of an admin."""
    secret, token = services.tokens.create("Who-Wrote-This", role, None, None)
    Visitor(app).submit("/login", password=secret)
    line = f"admin_action action=login page=login token={token.token_id}"
    assert actions.take() == ([line] if role is Role.ADMIN else [])


def test_the_life_of_a_token_is_logged(
    admin: Visitor, services: Services, actions: ActionLog
) -> None:
    """By its id. One that does not exist is not named: the path may contain anything."""
    fields = {"name": "Who-Wrote-This", "role": "admin", "album_address": "", "last_day": ""}
    assert admin.submit("/admin/tokens", **fields).status_code == 201
    (token,) = services.tokens.all()
    page = f"/admin/tokens/{token.token_id}/revoke"
    sent = admin.fields(page)
    admin.post(page, sent)
    admin.post("/admin/tokens/Who-Wrote-This/revoke", sent)
    assert actions.take() == [
        f"admin_action action=create page=tokens token={token.token_id}",
        f"admin_action action=revoke page=tokens token={token.token_id}",
        "admin_action action=revoke page=tokens",
    ]


@pytest.mark.parametrize("verb", ["hide", "delete"])
def test_a_change_of_one_photo_is_logged(
    admin: Visitor, photo_id: str, actions: ActionLog, verb: str
) -> None:
    """The line and that of its undo name the photo by its id."""
    undo = {"hide": "unhide", "delete": "restore"}[verb]
    for action in (verb, undo):
        token = admin.fields(f"/photos/{photo_id}")["csrf_token"]
        admin.post(f"/photos/{photo_id}/{action}", {"csrf_token": token})
        assert actions.take() == [f"admin_action action={action} page=photos photo={photo_id}"]


def test_each_selected_photo_gets_a_line(
    admin: Visitor, visitor: Visitor, photo_id: str, actions: ActionLog
) -> None:
    """Also if the request fails for another one."""
    missing = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    token = admin.fields("/")["csrf_token"]
    chosen = {"photo": [photo_id, missing], "csrf_token": token}
    assert admin.post("/photos/select/hide", chosen).status_code == 404
    assert actions.take() == [f"admin_action action=hide page=selection photo={photo_id}"]


@pytest.mark.parametrize(("verb", "state"), [("approve", "public"), ("refuse", "trashed")])
def test_a_review_is_logged(
    admin: Visitor, services: Services, actions: ActionLog, verb: str, state: str
) -> None:
    upload = UploadRequest(
        file=BytesIO(jpeg(90, 60)),
        filename="a.jpg",
        text=PhotoText(title="Who-Wrote-This").validated(),
        owner="a guest",
        upload_id="one",
        awaiting_review=True,
    )
    photo_id = services.uploads.publish(upload).photo.photo_id
    token = admin.fields("/admin/pending")["csrf_token"]
    admin.post(f"/admin/pending/{verb}", {"photo": photo_id, "csrf_token": token})
    assert services.photos.get_any_state(photo_id).state == state
    assert actions.take() == [f"admin_action action={verb} page=site_review photo={photo_id}"]


def test_a_new_album_is_named(
    admin: Visitor, services: Services, photo_id: str, actions: ActionLog
) -> None:
    """By its id, also if photos are added to it at once."""
    admin.submit("/albums/new", title="Who-Wrote-This")
    (first,) = services.albums.public(2).tiles
    assert actions.take() == [
        f"admin_action action=create page=album_editor album={first.album.album_id}"
    ]
    token = admin.fields("/")["csrf_token"]
    chosen = {"photo": photo_id, "title": "Lake", "csrf_token": token}
    added = admin.post("/uploads/albums/add", chosen)
    album_id = added.location.rpartition("/")[2]
    ids = f"album={album_id} photo={photo_id}"
    assert actions.take() == [f"admin_action action=add page=album_choice {ids}"]


def test_the_album_that_gets_photos_is_named(
    admin: Visitor, services: Services, photo_id: str, actions: ActionLog
) -> None:
    """Also if it was there before, for photos of the site and for new ones."""
    admin.submit("/albums/new", title="Lake")
    (tile,) = services.albums.public(2).tiles
    album_id = tile.album.album_id
    actions.take()
    admin.send("/uploads/albums/add", photo=photo_id, album=album_id)
    ids = f"album={album_id} photo={photo_id}"
    assert actions.take() == [f"admin_action action=add page=album_choice {ids}"]
    admin.send("/upload", photo=(BytesIO(jpeg(90, 60)), "a.jpg"), album=album_id)
    (line,) = actions.take()
    assert line.startswith(f"admin_action action=create page=upload album={album_id} photo=")


def test_a_reported_photo_is_named(
    app: Flask, admin: Visitor, photo_id: str, actions: ActionLog
) -> None:
    """The line names the report and its photo. It does not contain the text of the report."""
    Visitor(app).submit(f"/photos/{photo_id}/report", reason="person", text="my house")
    (page,) = [admin.get("/admin/reports").text]
    report_id = page.partition("/admin/reports/")[2].partition("/")[0]
    token = admin.fields("/admin/reports")["csrf_token"]
    actions.take()
    admin.post(f"/admin/reports/{report_id}/hide", {"csrf_token": token})
    expected = f"action=hide page=open_reports report={report_id} photo={photo_id}"
    assert actions.take() == [f"admin_action {expected}"]


def test_others_are_not_logged(visitor: Visitor, photo_id: str, actions: ActionLog) -> None:
    """A contributor who hides a photo is no admin."""
    token = visitor.fields(f"/photos/{photo_id}")["csrf_token"]
    visitor.post(f"/photos/{photo_id}/hide", {"csrf_token": token})
    assert actions.take() == []


def test_a_refused_request_changes_nothing_and_is_not_logged(
    admin: Visitor, photo_id: str, actions: ActionLog
) -> None:
    admin.post(f"/photos/{photo_id}/hide", {"csrf_token": "forged"})
    assert actions.take() == []


def test_a_login_that_cannot_be_read_is_in_the_log(
    admin: Visitor, services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    """Where everyone may make an album, it is made, and a line has the cause."""
    revocations = type(services.backend.session_revocations)
    failure = StorageUnavailable("the table is gone")
    answers = [False, False, failure]  # the album was not deleted, before and after
    with mock.patch.object(revocations, "is_revoked", side_effect=answers):
        assert admin.send("/albums/new", title="Lake").status_code == 303
    (line,) = [record for record in caplog.records if "admin" in record.getMessage()]
    assert line.exc_info
    assert line.exc_info[1] is failure


def test_a_password_that_is_not_checked_is_in_the_log(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    """After too many wrong ones. A visitor causes no traceback."""
    script = Visitor(app)
    for _ in range(LOGINS + 1):
        caplog.clear()
        wrong = JSON | {"Authorization": "Bearer wrong"}
        assert script.post("/albums/new", {"title": "Lake"}, wrong).status_code == 303
    (line,) = [record for record in caplog.records if "admin" in record.getMessage()]
    assert not line.exc_info
