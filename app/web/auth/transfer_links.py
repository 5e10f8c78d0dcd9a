"""Carry a contributor's identity to another browser by a one-time link.

The link contains the contributor and the guest links that the browser has opened, signed. So the
other browser needs no password to act as a guest. It gives no rights that a password gives:
without such a guest link, the browser must log in before it uses the link. Browsers use it once,
within ten minutes: using it stores its own id as revoked, where every process of every instance
sees it.
"""

import hashlib
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from app.web.auth.access_errors import AccessError
from app.web.auth.contributor_cookie import Identity
from app.web.context import session_revocations

LIFETIME = 10 * 60  # seconds


class InvalidTransferLink(AccessError):
    """The link was used, has expired, or is not one of this site's."""


@dataclass(frozen=True, slots=True)
class TransferLink:
    """A link that is valid.

    Attributes:
        link_id: Its own id.
        contributor_id: The contributor.
        generation: The generation of the contributor's cookies.
        guest_codes: The codes of the guest links that the browser has opened.
    """

    link_id: str
    contributor_id: str
    generation: str = ""
    guest_codes: Sequence[str] = ()

    @property
    def identity(self) -> Identity:
        """The contributor."""
        return Identity(self.contributor_id, self.generation)


def create_token(identity: Identity, guest_codes: Sequence[str] = ()) -> str:
    """Return the token of a new link."""
    link_id = secrets.token_urlsafe(16)
    parts = [link_id, identity.contributor_id, identity.generation, guest_codes]
    return str(_serializer().dumps(parts if guest_codes else parts[:-1]))


def read_token(token: str, form_id: str = "") -> TransferLink:
    """Return the link with this token, without using it.

    A link that a form has used is valid for the same form.

    Raises:
        InvalidTransferLink: The link is invalid, used or expired, or its browser signed out others.
        StorageError: The storage did not answer whether the link was used.
    """
    try:
        link = TransferLink(*_serializer().loads(token, max_age=LIFETIME))
    except BadData as error:
        raise InvalidTransferLink from error
    valid = session_revocations().generation_of(link.identity.owner)
    if valid not in {None, link.generation} or _is_used(link, form_id):
        raise InvalidTransferLink
    return link


def use_token(token: str, form_id: str = "") -> TransferLink:
    """Use the link up, and return it. Of several requests one succeeds.

    A double click sends the same form twice, and the browser may drop the answer to the first one.
    So the second one succeeds too.

    Args:
        token: The token of the link.
        form_id: The random id of the form. Without one, a repeated request fails.

    Raises:
        InvalidTransferLink: The link is invalid, used or expired.
        StorageError: The storage did not answer. The link may be used up.
    """
    link = read_token(token, form_id)
    until = int(time.time()) + LIFETIME
    if session_revocations().revoke(link.link_id, until):
        if form_id:
            session_revocations().revoke(_id_of_use(link, form_id), until)
    elif not _is_used_by(link, form_id):
        raise InvalidTransferLink
    return link


def _is_used(link: TransferLink, form_id: str) -> bool:
    """Return whether the link was used, by another form than this one."""
    return session_revocations().is_revoked(link.link_id) and not _is_used_by(link, form_id)


def _is_used_by(link: TransferLink, form_id: str) -> bool:
    return bool(form_id) and session_revocations().is_revoked(_id_of_use(link, form_id))


def _id_of_use(link: TransferLink, form_id: str) -> str:
    return hashlib.sha256(f"{link.link_id} {form_id}".encode()).hexdigest()


def _serializer() -> URLSafeTimedSerializer:
    secret = str(current_app.secret_key).encode()
    return URLSafeTimedSerializer(
        secret, salt="transfer link", signer_kwargs={"digest_method": hashlib.sha256}
    )
