"""The passwords of the site, and the role of a password that a request sends."""

import hmac

from flask import current_app, g, request

from app.domain.photo_summary import Role
from app.web.context import app_context
from app.web.operations import actor


def by_role() -> dict[Role, str]:
    """Return the passwords that the site has."""
    config = app_context().config
    passwords = {Role.CONTRIBUTOR: config.upload_password, Role.ADMIN: config.admin_password}
    return {role: password for role, password in passwords.items() if password}


def checked_role(password: str) -> Role | None:
    """Return the role that has the password, and count a wrong one against the rate limit."""
    role = _role_of(password)
    app_context().rate_limits.count_attempt(right=role is not None)
    if role:
        actor.note(role)
    return role


def fingerprint_of(role: Role) -> str:
    """Return a digest of the password for its sessions; a new password ends them."""
    secret = str(current_app.secret_key).encode()
    message = f"{role.value}:{by_role()[role]}".encode()
    return hmac.new(secret, message, "sha256").hexdigest()


def bearer_role() -> Role | None:
    """Return the role of the request's bearer token; check it once per request."""
    if "bearer_role" not in g:
        g.bearer_role = None  # the error page of a failed check shows no role
        password = _bearer_password()
        if password:
            g.bearer_role = checked_role(password)
    role: Role | None = g.bearer_role
    return role


def decode_header(header: str) -> str:
    """Decode a header that was sent as UTF-8; WSGI presents headers as Latin-1 (PEP 3333)."""
    return header.encode("latin-1", "replace").decode("utf-8", "replace")


def _bearer_password() -> str:
    """Return the text after `Bearer`, empty without one.

    Werkzeug's parser raises ValueError for other schemes, and takes `a=b` for a parameter.
    """
    scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
    return decode_header(text.strip()) if scheme.lower() == "bearer" else ""


def _role_of(password: str) -> Role | None:
    """Return the role that has the password; compare all in constant time."""
    found = None
    for role, expected in by_role().items():
        matches = hmac.compare_digest(password.encode(), expected.encode())
        if matches and found is None:
            found = role
    return found
