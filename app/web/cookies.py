"""Name cookies after the site, sign their values, and let them last as long as browsers allow.

Browsers send the cookies of a host to all of its ports (RFC 6265, section 8.5). Without the site in
their names, two sites on one host would overwrite each other's cookies.
"""

import hashlib
import hmac
from functools import lru_cache
from typing import Any

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

SESSION_COOKIE = "session"
MAX_AGE = 400 * 24 * 60 * 60  # seconds; browsers keep no cookie longer (RFC 6265bis, section 5.5)
_MAX_SIGNED = 1000  # characters of a signed value
_KEPT_VALUES = 1024  # of visitors


def cookie_name(purpose: str) -> str:
    """Return this site's name of a cookie, such as `__Host-session-5e0c1a92`.

    With the prefix, browsers accept the cookie from this host over TLS only, not from a subdomain
    (RFC 6265bis, section 4.1.3.2). It requires the path `/`, also for a site below a prefix of the
    host. Over plain HTTP browsers would reject the prefix.
    """
    prefix = "__Host-" if request.is_secure else ""
    return f"{prefix}{purpose}-{_site_id(str(current_app.secret_key))}"


def sign(salt: str, value: object) -> str:
    """Return a value as signed text. A text with one salt is not valid with another."""
    return str(_serializer(str(current_app.secret_key), salt).dumps(value))


def verified(salt: str, text: str) -> Any:
    """Return the value that `sign` made the text from, None for every other text."""
    if not 0 < len(text) <= _MAX_SIGNED:
        return None
    return _verified(str(current_app.secret_key), salt, text)


def set_long_lived_cookie(response: Response, purpose: str, value: str) -> None:
    """Set a cookie that scripts cannot read and that other sites' forms do not send."""
    response.set_cookie(
        cookie_name(purpose),
        value,
        max_age=MAX_AGE,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )


def delete_cookie(response: Response, purpose: str) -> None:
    """Delete a cookie. Browsers require the attributes with which it was set."""
    response.delete_cookie(
        cookie_name(purpose), secure=request.is_secure, httponly=True, samesite="Lax"
    )


@lru_cache(maxsize=8)
def _site_id(secret_key: str) -> str:
    """Return a hash that all instances of the site share and that does not reveal the key."""
    return hmac.new(secret_key.encode(), b"cookie names", "sha256").hexdigest()[:8]


@lru_cache(_KEPT_VALUES)  # a page reads the cookies of its visitor several times
def _verified(secret_key: str, salt: str, text: str) -> Any:
    try:
        return _serializer(secret_key, salt).loads(text)
    except BadSignature:
        return None


@lru_cache(maxsize=8)  # as many as there are signed cookies
def _serializer(secret_key: str, salt: str) -> URLSafeSerializer:
    signer = {"digest_method": hashlib.sha256}
    return URLSafeSerializer(secret_key.encode(), salt=salt, signer_kwargs=signer)
