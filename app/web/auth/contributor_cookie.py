"""Identify contributors by a signed cookie with a random id; photos store a hash of the id."""

import hashlib
import hmac
import secrets

from flask import Flask, Response, current_app, g, request
from itsdangerous import BadSignature, URLSafeSerializer

from app.domain.photo import Photo
from app.web.cookies import set_long_lived_cookie

COOKIE = "contributor"


def is_known() -> bool:
    """Return whether the browser has a valid contributor cookie."""
    return _read_cookie() is not None


def current_owner() -> str | None:
    """Return the browser's owner hash, or None without a cookie, and renew the cookie."""
    contributor_id = _read_cookie()
    g.contributor_id = contributor_id
    return _owner_hash(contributor_id) if contributor_id else None


def ensure_owner() -> str:
    """Return the browser's owner hash, and give the browser a cookie if it has none."""
    contributor_id = _read_cookie() or secrets.token_urlsafe(16)
    g.contributor_id = contributor_id
    return _owner_hash(contributor_id)


def owns(photo: Photo) -> bool:
    """Return whether the photo was uploaded from this browser."""
    owner = current_owner()
    return owner is not None and hmac.compare_digest(owner, photo.owner)


def init_app(app: Flask) -> None:
    """Set the cookie on the responses to contributors."""
    app.after_request(_set_cookie)


def _read_cookie() -> str | None:
    if "contributor_id" in g:
        contributor_id: str | None = g.contributor_id
        return contributor_id
    try:
        return str(_serializer().loads(request.cookies.get(COOKIE, "")))
    except BadSignature:
        return None


def _set_cookie(response: Response) -> Response:
    contributor_id = g.get("contributor_id")
    if contributor_id:
        set_long_lived_cookie(response, COOKIE, str(_serializer().dumps(contributor_id)))
    return response


def _owner_hash(contributor_id: str) -> str:
    return hashlib.sha256(f"contributor:{contributor_id}".encode()).hexdigest()[:32]


def _serializer() -> URLSafeSerializer:
    secret = str(current_app.secret_key).encode()
    return URLSafeSerializer(
        secret, salt="contributor", signer_kwargs={"digest_method": hashlib.sha256}
    )
