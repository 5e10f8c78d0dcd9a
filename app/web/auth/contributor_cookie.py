"""Identify contributors by a signed cookie with a random id; photos store a hash of the id."""

import hashlib
import hmac
import secrets

from flask import Flask, Response, current_app, g, request
from itsdangerous import BadSignature, URLSafeSerializer

from app.domain.albums.album import Album
from app.domain.photo import Photo
from app.web.cookies import cookie_name, set_long_lived_cookie

COOKIE = "contributor"
# Version 0.1.0-rc.1 used one name and salt for every site. Its cookies are read so that their
# browsers keep their photos. New cookies have another salt, so no new cookie works under this name.
_EARLIER_NAME = "contributor"


def is_known() -> bool:
    """Return whether the browser has a valid contributor cookie."""
    return current_contributor() is not None


def current_contributor() -> str | None:
    """Return the id in the browser's cookie, or None without a valid cookie."""
    if "contributor_id" in g:
        contributor_id: str | None = g.contributor_id
        return contributor_id
    return _read_cookie(cookie_name(COOKIE)) or _read_cookie(_EARLIER_NAME)


def current_owner() -> str | None:
    """Return the browser's owner hash, or None without a cookie, and renew the cookie."""
    contributor_id = current_contributor()
    g.contributor_id = contributor_id
    return owner_hash(contributor_id) if contributor_id else None


def ensure_owner(form_id: str = "") -> str:
    """Return the browser's owner hash, and give the browser a cookie if it has none.

    Args:
        form_id: The id of the form that was sent. If the browser sent no cookie, the form decides
            who the contributor is: sending the form again makes no second photo.
    """
    contributor_id = current_contributor() or _id_for_form(form_id) or secrets.token_urlsafe(16)
    set_contributor(contributor_id)
    return owner_hash(contributor_id)


def set_contributor(contributor_id: str) -> None:
    """Give the browser a cookie with this id."""
    g.contributor_id = contributor_id


def owns(owned: Photo | Album) -> bool:
    """Return whether the photo was uploaded, or the album was made, from this browser."""
    owner = current_owner()
    return owner is not None and hmac.compare_digest(owner, owned.owner)


def owner_hash(contributor_id: str) -> str:
    """Return the hash that photos store, from which the id cannot be found."""
    return hashlib.sha256(f"contributor:{contributor_id}".encode()).hexdigest()[:32]


def new_form_id() -> str:
    """Return a random id for a form of this site, signed."""
    return str(_serializer("form").dumps(secrets.token_urlsafe(16)))


def is_blocked(form_id: str) -> bool:
    """Return whether the browser has not kept the cookie that came with the form `form_id`."""
    return _id_for_form(form_id) is not None and not is_known()


def init_app(app: Flask) -> None:
    """Set the cookie on the responses to contributors."""
    app.after_request(_set_cookie)


def _read_cookie(name: str) -> str | None:
    try:
        return str(_serializer(name).loads(request.cookies.get(name, "")))
    except BadSignature:
        return None


def _set_cookie(response: Response) -> Response:
    contributor_id = g.get("contributor_id")
    if contributor_id:
        value = str(_serializer(cookie_name(COOKIE)).dumps(contributor_id))
        set_long_lived_cookie(response, COOKIE, value)
    return response


def _id_for_form(form_id: str) -> str | None:
    """Return the contributor id of a form of this site, always the same; None for other forms.

    Scripts may send ids that someone else can guess, so only signed ids count.
    """
    try:
        random_id = str(_serializer("form").loads(form_id))
    except BadSignature:
        return None
    key = str(current_app.secret_key).encode()
    return hmac.new(key, f"form:{random_id}".encode(), "sha256").hexdigest()


def _serializer(salt: str) -> URLSafeSerializer:
    secret = str(current_app.secret_key).encode()
    return URLSafeSerializer(secret, salt=salt, signer_kwargs={"digest_method": hashlib.sha256})
