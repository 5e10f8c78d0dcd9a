"""Which contributor a browser is: a signed cookie with an id nobody else has, of which photos keep a hash."""

import hashlib
import hmac
import secrets

from flask import Flask, Response, current_app, g, request
from itsdangerous import BadSignature, URLSafeSerializer

from app.domain.photo import Photo

COOKIE = "contributor"
COOKIE_SECONDS = 400 * 24 * 60 * 60  # the longest a browser keeps one (RFC 6265bis, section 5.5)


def is_known() -> bool:
    """Whether the browser has a cookie of ours."""
    return _read_cookie() is not None


def current_owner() -> str | None:
    """The owner hash that the browser has, None where it has none yet; its cookie lasts longer with this answer."""
    g.contributor = known = _read_cookie()
    return _owner(known) if known else None


def ensure_owner() -> str:
    """The owner hash that the browser has, or gets with this answer."""
    g.contributor = known = _read_cookie() or secrets.token_urlsafe(16)
    return _owner(known)


def owns(photo: Photo) -> bool:
    """Whether the photo was added from this browser."""
    known = current_owner()
    return known is not None and hmac.compare_digest(known, photo.owner)


def init_app(app: Flask) -> None:
    """Send contributors their cookie."""
    app.after_request(_set_cookie)


def _read_cookie() -> str | None:
    if "contributor" in g:
        found: str | None = g.contributor
        return found
    try:
        return str(_signer().loads(request.cookies.get(COOKIE, "")))
    except BadSignature:
        return None


def _set_cookie(response: Response) -> Response:
    if known := g.get("contributor"):
        response.set_cookie(
            COOKIE,
            str(_signer().dumps(known)),
            max_age=COOKIE_SECONDS,
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
        )
    return response


def _owner(contributor_id: str) -> str:
    return hashlib.sha256(f"contributor:{contributor_id}".encode()).hexdigest()[:32]


def _signer() -> URLSafeSerializer:
    secret = str(current_app.secret_key).encode()
    return URLSafeSerializer(
        secret, salt="contributor", signer_kwargs={"digest_method": hashlib.sha256}
    )
