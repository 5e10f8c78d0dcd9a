"""Each role may do exactly its actions.

Covers app.web.auth.photo_access.
"""

import pytest
from flask import Flask

from app.domain.photo_summary import PhotoState, Role
from app.web.auth import access
from app.web.auth.access import Access
from tests.sample_photos import make_photo
from tests.web.auth.conftest import ADMIN_PASSWORD, UPLOAD_PASSWORD


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
        with pytest.raises(access.NotOwner):
            access.require_change(make_photo())
        with pytest.raises(access.LoginRequired):
            access.require_admin()


def test_password_may_contain_any_character(app: Flask) -> None:
    """A header is Latin-1 to WSGI; a password in UTF-8 is decoded before it is compared."""
    header = "바다".encode().decode("latin-1")
    with app.test_request_context("/", headers=bearer(header)):
        assert access._decode_header(header) == "바다"
        assert not access.has_bearer_token()
