"""Port of the access tokens."""

from collections.abc import Sequence
from typing import Protocol

from app.domain.tokens.access_token import AccessToken


class TokenStore(Protocol):
    """Access tokens by the hash of their secret, without the secrets.

    Raises StorageUnavailable and StorageRefused as an object store does.
    """

    def add(self, token: AccessToken) -> None:
        """Store a token. Its hash is new: no two random secrets are equal."""

    def get(self, secret_hash: str) -> AccessToken | None:
        """Return a token, None if there is none or it was revoked, with one consistent read."""

    def all(self) -> Sequence[AccessToken]:
        """Return at most `MAX_TOKENS` tokens, sorted by hash, with one read."""

    def revoke(self, secret_hash: str) -> None:
        """Delete a token, if it exists."""
