"""Identify contributors by a signed cookie with a random id; photos store a hash of the id."""

import hashlib
import hmac
import secrets
from typing import NamedTuple

from flask import Flask, Response, current_app, g, request

from app.domain.albums.album import Album
from app.domain.photo import Photo
from app.web.auth.principals import principal as principals
from app.web.context import session_revocations
from app.web.cookies import cookie_name, delete_cookie, set_long_lived_cookie, sign, verified

COOKIE = "contributor"
# Version 0.1.0-rc.1 used one name and salt for every site. Its cookies are read so that their
# browsers keep their photos. New cookies have another salt, so no new cookie works under this name.
_EARLIER_NAME = "contributor"


class Identity(NamedTuple):
    """The contributor of a browser, as its cookie says.

    Attributes:
        contributor_id: The random id.
        generation: That of the cookie. Signing out other browsers makes another one the only valid.
        next_generation: The one that would be valid then. The browser has it before the others are
            signed out. If the answer to that is lost, its cookie is valid nevertheless.
    """

    contributor_id: str
    generation: str = ""
    next_generation: str = ""

    @property
    def owner(self) -> str:
        """The hash that photos store."""
        return owner_hash(self.contributor_id)


def is_known() -> bool:
    """Return whether the browser has a contributor cookie, which may be signed out: no read."""
    return _identity() is not None


def has_cookie() -> bool:
    """Return whether the browser has or gets the cookie. The answer does not vary by its login."""
    return g.get("identity") is not None or _sent_identity() is not None


def current_contributor() -> Identity | None:
    """Return the contributor of the browser, with one read for each request.

    None without a cookie, or if another browser has signed it out. Then the cookie is deleted.
    """
    identity = g.identity = _identity()  # renews the cookie
    if identity and g.get("checked_identity") != identity:
        identity = g.checked_identity = g.identity = _checked(identity)
        g.deletes_contributor_cookie = identity is None
    return identity


def current_owner() -> str | None:
    """Return the browser's owner hash, or None without a valid cookie, and renew the cookie."""
    identity = current_contributor()
    return identity.owner if identity else None


def ensure_cookie() -> None:
    """Give the browser a cookie if it has none, without a read."""
    g.identity = _identity() or _new_identity()


def ensure_owner(form_id: str = "") -> str:
    """Return the browser's owner hash, and give the browser a cookie if it has none.

    Args:
        form_id: The id of the form that was sent. If the browser sent no cookie, the form decides
            who the contributor is: sending the form again makes no second photo.
    """
    identity = current_contributor() or _identity_of_form(form_id) or _new_identity()
    set_contributor(identity)
    return identity.owner


def set_contributor(identity: Identity) -> None:
    """Give the browser a cookie of this contributor, whose generation is valid."""
    g.identity = g.checked_identity = identity


def owns(owned: Photo | Album) -> bool:
    """Return whether the photo was uploaded, or the album was made, from this browser.

    Only a cookie that would own it is read.
    """
    identity = g.identity = _identity()
    if identity is None or not hmac.compare_digest(identity.owner, owned.owner):
        return False
    return current_contributor() is not None


def owner_hash(contributor_id: str) -> str:
    """Return the hash that photos store, from which the id cannot be found."""
    return hashlib.sha256(f"contributor:{contributor_id}".encode()).hexdigest()[:32]


def new_form_id() -> str:
    """Return a random id for a form of this site, signed."""
    return sign("form", secrets.token_urlsafe(16))


def is_blocked(form_id: str) -> bool:
    """Return whether the browser has not kept the cookie that came with the form `form_id`."""
    return _id_for_form(form_id) is not None and not is_known()


def init_app(app: Flask) -> None:
    """Set the cookie on the responses to contributors."""
    app.after_request(_set_cookie)


def _identity() -> Identity | None:
    """Return the contributor that the cookie names, or the access token, or the user name."""
    principal = principals.current()
    if principal:
        return Identity(principal.contributor_id)
    if "identity" in g:
        identity: Identity | None = g.identity
        return identity
    return _sent_identity()


def _sent_identity() -> Identity | None:
    if not request.cookies:  # most requests have none, and a page asks several times
        return None
    return _read_cookie(cookie_name(COOKIE)) or _read_cookie(_EARLIER_NAME)


def _checked(identity: Identity) -> Identity | None:
    """Return the contributor with the generation that is valid, None if it is signed out."""
    if principals.current():  # has no cookie that another browser could sign out
        return identity
    valid = session_revocations().generation_of(identity.owner)
    if valid in {None, identity.generation}:
        return identity
    if valid == identity.next_generation:
        return Identity(identity.contributor_id, valid)
    return None


def _read_cookie(name: str) -> Identity | None:
    """Return the contributor. A cookie of the first generation has the id alone."""
    value = verified(name, request.cookies.get(name, ""))
    if value is None:
        return None
    return Identity(value) if isinstance(value, str) else Identity(*value)


def _set_cookie(response: Response) -> Response:
    identity: Identity | None = g.get("identity")
    if g.get("principal"):
        return response
    if identity:
        is_first = identity == Identity(identity.contributor_id)
        value = identity.contributor_id if is_first else list(identity)
        signed = sign(cookie_name(COOKIE), value)
        set_long_lived_cookie(response, COOKIE, signed)
    elif g.get("deletes_contributor_cookie"):
        delete_cookie(response, COOKIE)
    return response


def _new_identity() -> Identity:
    return Identity(secrets.token_urlsafe(16))


def _identity_of_form(form_id: str) -> Identity | None:
    """Return the contributor of a form, None for other forms, and for one that is signed out."""
    contributor_id = _id_for_form(form_id)
    return _checked(Identity(contributor_id)) if contributor_id else None


def _id_for_form(form_id: str) -> str | None:
    """Return the contributor id of a form of this site, always the same; None for other forms.

    Scripts may send ids that someone else can guess, so only signed ids count.
    """
    random_id = verified("form", form_id)
    if random_id is None:
        return None
    key = str(current_app.secret_key).encode()
    return hmac.new(key, f"form:{random_id}".encode(), "sha256").hexdigest()
