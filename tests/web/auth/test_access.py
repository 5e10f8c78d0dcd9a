"""Each role may do exactly its actions.

Covers app.web.auth.access_errors, app.web.auth.album_owner, app.web.auth.passwords and
app.web.auth.photo_access.
"""

from contextlib import nullcontext
from datetime import UTC, datetime

import pytest
from flask import Flask

from app.domain.albums.album import Album, AlbumContributors
from app.domain.photo_summary import PhotoState, Role
from app.web.auth import access, access_errors, contributor_cookie, passwords
from app.web.auth.access import Access
from app.web.auth.contributor_cookie import Identity
from app.web.auth.principals import logins
from tests.sample_photos import make_photo
from tests.web.auth.conftest import ADMIN_PASSWORD, UPLOAD_PASSWORD

OWNER = "mina"  # the contributor id of the owner of the album


def make_album(contributors: AlbumContributors = AlbumContributors.OWNER) -> Album:
    return Album(
        album_id="01ARZ3NDEKTSV4RRFFQ69G5FAV",
        title="Lake",
        contributors=contributors,
        owner=contributor_cookie.owner_hash(OWNER),
        created_at=datetime(2026, 11, 29, tzinfo=UTC),
    )


def bearer(password: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {password}"}


@pytest.mark.parametrize(
    ("password", "may_upload", "is_admin"),
    [
        ("", False, False),
        ("a wrong one", False, False),
        (UPLOAD_PASSWORD, True, False),
        (ADMIN_PASSWORD, True, True),
    ],
)
def test_password_decides_the_role(
    app: Flask, password: str, *, may_upload: bool, is_admin: bool
) -> None:
    """The upload password permits uploads; the admin password permits everything."""
    with app.test_request_context("/", headers=bearer(password) if password else {}):
        assert Access().may_upload is may_upload
        assert Access().needs_login is not may_upload
        assert Access().is_admin is is_admin
        assert Access().may_log_in is not is_admin


def test_admin_may_change_and_unhide_every_photo(app: Flask) -> None:
    """The admin owns no photo and may change all of them."""
    photo = make_photo(state=PhotoState.HIDDEN, hidden_by=Role.ADMIN)
    with app.test_request_context("/", headers=bearer(ADMIN_PASSWORD)):
        access.require_admin()
        access.require_change(photo)
        access.require_unhide(photo)
        assert access.role_for(photo) is Role.ADMIN


def test_contributor_may_not_change_photos_of_others(app: Flask) -> None:
    """The upload password alone does not make a visitor the owner."""
    with app.test_request_context("/", headers=bearer(UPLOAD_PASSWORD)):
        access.require_upload()
        with pytest.raises(access_errors.NotOwner):
            access.require_change(make_photo())
        with pytest.raises(access_errors.LoginRequired):
            access.require_admin()


@pytest.mark.parametrize(
    ("password", "contributor", "may_change", "may_add", "may_add_if_open"),
    [
        ("", None, False, False, False),
        ("", OWNER, False, False, False),
        (UPLOAD_PASSWORD, None, False, False, True),
        (UPLOAD_PASSWORD, "another", False, False, True),
        (UPLOAD_PASSWORD, OWNER, True, True, True),
        (ADMIN_PASSWORD, None, True, True, True),
        (ADMIN_PASSWORD, "another", True, True, True),
    ],
)
def test_owner_and_admin_may_change_an_album(
    app: Flask,
    password: str,
    contributor: str | None,
    *,
    may_change: bool,
    may_add: bool,
    may_add_if_open: bool,
) -> None:
    """Others add photos if the album says so and they may upload. A lost password loses both."""
    album, open_album = make_album(), make_album(AlbumContributors.EVERYONE)
    with app.test_request_context("/", headers=bearer(password) if password else {}):
        if contributor:
            contributor_cookie.set_contributor(Identity(contributor))
        assert Access().may_change_album(album) is may_change
        assert Access().may_change_album(open_album) is may_change
        assert Access().may_add_to_album(album) is may_add
        assert Access().may_add_to_album(open_album) is may_add_if_open
        refused = access_errors.NotAlbumOwner if password else access_errors.LoginRequired
        for require, is_allowed in (
            (access.require_change_album, may_change),
            (access.require_add_to_album, may_add),
        ):
            with nullcontext() if is_allowed else pytest.raises(refused):
                require(album)


def test_password_may_contain_any_character(app: Flask) -> None:
    """A header is Latin-1 to WSGI; a password in UTF-8 is decoded before it is compared."""
    header = "바다".encode().decode("latin-1")
    with app.test_request_context("/", headers=bearer(header)):
        assert passwords.decode_header(header) == "바다"
        assert not logins.has_bearer_token()
