"""Create, find and revoke access tokens."""

from collections.abc import Callable, Sequence
from datetime import datetime

from app.domain.errors import InvalidText
from app.domain.messages import message
from app.domain.photo_summary import Role
from app.domain.tokens import access_token
from app.domain.tokens.access_token import MAX_TOKENS, AccessToken
from app.services.tokens.token_store import TokenStore


class TokenService:
    """The use cases of access tokens.

    Args:
        store: The tokens.
        now: The clock.
    """

    def __init__(self, store: TokenStore, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def create(
        self, name: str, role: Role, album_id: str | None, valid_until: datetime | None
    ) -> tuple[str, AccessToken]:
        """Store a new token, and return its secret, which no one can read later, and the token.

        Requests at the same time may exceed the limit by one each.

        Raises:
            InvalidText: The name is invalid or taken, the time is over, or there are too many.
        """
        cleaned = access_token.clean_name(name)
        if valid_until is not None and valid_until <= self._now():
            raise InvalidText("last_day", message("Choose a day that is not over yet."))
        self._check_room(cleaned)
        secret = access_token.new_secret()
        token = AccessToken(
            secret_hash=access_token.hash_of(secret),
            hint=access_token.hint_of(secret),
            name=cleaned,
            role=role,
            album_id=album_id,
            created_at=self._now(),
            valid_until=valid_until,
        )
        self._store.add(token)
        return secret, token

    def find(self, secret: str) -> AccessToken | None:
        """Return the valid token with this secret, with one read, or none if it can't be one."""
        if not access_token.is_secret(secret):
            return None
        return self.find_by_hash(access_token.hash_of(secret))

    def find_by_hash(self, secret_hash: str) -> AccessToken | None:
        """Return the valid token whose secret has this hash, with one read."""
        token = self._store.get(secret_hash)
        return None if token is None or token.has_expired(self._now()) else token

    def all(self) -> Sequence[AccessToken]:
        """Return the tokens, newest first, with one read. Some may have expired."""
        return sorted(self._store.all(), key=lambda token: token.created_at, reverse=True)

    def get(self, token_id: str) -> AccessToken | None:
        """Return the token with this id, None if there is none, with one read."""
        found = (token for token in self._store.all() if token.token_id == token_id)
        return next(found, None)

    def revoke(self, token: AccessToken) -> None:
        """Delete the token. Its photos stay."""
        self._store.revoke(token.secret_hash)

    def has_expired(self, token: AccessToken) -> bool:
        """Return whether the token is no longer valid."""
        return token.has_expired(self._now())

    def _check_room(self, name: str) -> None:
        tokens = self._store.all()
        if any(token.name == name for token in tokens):
            raise InvalidText("name", message("There is a token with this name already."))
        if len(tokens) >= MAX_TOKENS:
            text = message("There are %(most)s tokens already. Revoke one first.")
            raise InvalidText("name", text.with_values(most=MAX_TOKENS))
