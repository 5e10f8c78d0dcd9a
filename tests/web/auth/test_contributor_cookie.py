"""The contributor cookie identifies a browser, and cannot be forged."""

from flask import Flask

from app.web.auth import contributor_cookie
from tests.sample_photos import make_photo


def cookie_of(app: Flask) -> tuple[str, str]:
    """Return the owner hash and the cookie of a new contributor."""
    with app.test_request_context("/"):
        owner = contributor_cookie.ensure_owner()
        response = app.process_response(app.make_response(""))
    return owner, response.headers["Set-Cookie"].partition(";")[0]


def test_cookie_gives_the_same_owner_again(app: Flask) -> None:
    """The browser owns the photos with its hash, and no others."""
    owner, cookie = cookie_of(app)
    with app.test_request_context("/", headers={"Cookie": cookie}):
        assert contributor_cookie.is_known()
        assert contributor_cookie.current_owner() == owner
        assert contributor_cookie.ensure_owner() == owner
        assert contributor_cookie.owns(make_photo(owner=owner))
        assert not contributor_cookie.owns(make_photo(owner="0" * 32))


def test_changed_cookie_is_ignored(app: Flask) -> None:
    """A cookie with another id or signature is no cookie of ours."""
    _owner, cookie = cookie_of(app)
    for forged in (cookie[:-1], f"{cookie[:-4]}AAAA", "contributor=", "contributor=nonsense"):
        with app.test_request_context("/", headers={"Cookie": forged}):
            assert not contributor_cookie.is_known()
            assert contributor_cookie.current_owner() is None


def test_owner_hash_does_not_reveal_the_cookie(app: Flask) -> None:
    """Photos store a hash, from which nobody can make the cookie."""
    owner, cookie = cookie_of(app)
    assert owner not in cookie
    assert len(owner) == 32
