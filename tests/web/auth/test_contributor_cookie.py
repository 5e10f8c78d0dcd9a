"""The contributor cookie identifies a browser, and cannot be forged."""

import hashlib

from flask import Flask
from itsdangerous import URLSafeSerializer

from app.services.factory import Services
from app.web.auth import contributor_cookie
from app.web.auth.contributor_cookie import Identity
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
    """Photos store a hash, from which the cookie cannot be computed."""
    owner, cookie = cookie_of(app)
    assert owner not in cookie
    assert len(owner) == 32


def test_cookie_of_the_release_candidate_keeps_its_photos(app: Flask) -> None:
    """It had one name and salt for every site. The browser gets a cookie of the new name."""
    salt = {"salt": "contributor", "signer_kwargs": {"digest_method": hashlib.sha256}}
    earlier = str(URLSafeSerializer(str(app.secret_key), **salt).dumps("an earlier id"))
    with app.test_request_context("/", headers={"Cookie": f"contributor={earlier}"}):
        assert contributor_cookie.current_contributor() == Identity("an earlier id")
        owner = contributor_cookie.current_owner()
        response = app.process_response(app.make_response(""))
    cookie = response.headers["Set-Cookie"].partition(";")[0]
    assert cookie.startswith("contributor-")
    with app.test_request_context("/", headers={"Cookie": cookie}):
        assert contributor_cookie.current_owner() == owner


def test_new_cookie_is_worthless_under_the_earlier_name(app: Flask) -> None:
    """Otherwise an attacker in the network could plant one without the prefix `__Host-`."""
    _owner, cookie = cookie_of(app)
    value = cookie.partition("=")[2]
    with app.test_request_context("/", headers={"Cookie": f"contributor={value}"}):
        assert not contributor_cookie.is_known()


def test_form_stands_in_for_a_blocked_cookie(app: Flask) -> None:
    """Every request of one form has the same owner, and each form has its own."""
    owners = set()
    with app.test_request_context("/"):
        forms = [contributor_cookie.new_form_id() for _ in range(2)]
    for form_id in forms * 3:
        with app.test_request_context("/"):
            assert contributor_cookie.is_blocked(form_id)
            owners.add(contributor_cookie.ensure_owner(form_id))
    assert len(owners) == 2


def test_form_id_of_a_script_gives_no_identity(app: Flask) -> None:
    """Someone else could guess it."""
    owners = set()
    for form_id in ("", "photo-1", "photo-1", "é", "\0"):
        with app.test_request_context("/"):
            assert not contributor_cookie.is_blocked(form_id)
            owners.add(contributor_cookie.ensure_owner(form_id))
    assert len(owners) == 5


def test_cookie_comes_before_the_form(app: Flask) -> None:
    """A browser that keeps its cookie has one identity in all forms."""
    owner, cookie = cookie_of(app)
    with app.test_request_context("/", headers={"Cookie": cookie}):
        form_id = contributor_cookie.new_form_id()
        assert not contributor_cookie.is_blocked(form_id)
        assert contributor_cookie.ensure_owner(form_id) == owner


def test_a_form_does_not_stand_in_for_a_cookie_that_is_signed_out(
    app: Flask, services: Services
) -> None:
    """The page with the form may still be open in a browser that was signed out."""
    with app.test_request_context("/"):
        form_id = contributor_cookie.new_form_id()
        owner = contributor_cookie.ensure_owner(form_id)
    services.backend.session_revocations.set_generation(owner, "second")
    with app.test_request_context("/"):
        assert contributor_cookie.ensure_owner(form_id) != owner
