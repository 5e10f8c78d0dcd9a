"""Access tokens, with which scripts identify themselves instead of cookies."""

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.errors import InvalidText
from app.domain.json_values import optional_time, record_to_json
from app.domain.messages import message
from app.domain.photo_summary import Role
from app.domain.unicode_text import is_blank, normalize_text

MAX_TOKENS = 1000  # of a site, so that one Query lists them
MAX_NAME = 60  # characters
_RAW_FACTOR = 4  # normalizing may shorten a text
PREFIX = "shoebox_"  # scanners of source code recognize it
_RANDOM_BYTES = 20
_SECRET = re.compile(rf"{PREFIX}[0-9a-f]{{{2 * _RANDOM_BYTES}}}")
_LENGTH = len(PREFIX) + 2 * _RANDOM_BYTES
_ID_LENGTH = 12  # hexadecimal digits
_HINT_LENGTH = 4  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """A token without its secret, of which only a hash is stored."""

    secret_hash: str
    hint: str  # the last characters of the secret, by which people recognize it
    name: str
    role: Role
    album_id: str | None  # the only album that it adds photos to; None: no limit
    created_at: datetime  # aware, UTC
    valid_until: datetime | None  # aware, UTC; None: until it is revoked

    @property
    def token_id(self) -> str:
        """The short id that pages and logs name."""
        return self.secret_hash[:_ID_LENGTH]

    @property
    def contributor_id(self) -> str:
        """The contributor whose photos the token adds. Another token never has the same."""
        return f"token:{self.secret_hash}"

    def has_expired(self, now: datetime) -> bool:
        """Return whether the token is no longer valid."""
        return self.valid_until is not None and self.valid_until <= now

    def to_dict(self) -> dict[str, Any]:
        """Return the token as JSON values."""
        return record_to_json(self)

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> "AccessToken":
        """Return the token that `to_dict` gave. Unknown keys are ignored."""
        album_id = record.get("album_id")
        return cls(
            secret_hash=str(record["secret_hash"]),
            hint=str(record["hint"]),
            name=str(record["name"]),
            role=Role(record["role"]),
            album_id=str(album_id) if album_id else None,
            created_at=datetime.fromisoformat(record["created_at"]),
            valid_until=optional_time(record, "valid_until"),
        )


def new_secret() -> str:
    """Return a random secret of 160 bits."""
    return PREFIX + secrets.token_hex(_RANDOM_BYTES)


def is_secret(text: str) -> bool:
    """Return whether a text has the form of a secret. Others need not be looked up."""
    return len(text) == _LENGTH and _SECRET.fullmatch(text) is not None


def hash_of(secret: str) -> str:
    """Return the hash that is stored. A random secret needs no salt and no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def hint_of(secret: str) -> str:
    """Return the last characters of a secret."""
    return secret[-_HINT_LENGTH:]


def clean_name(text: str) -> str:
    """Return a name in one line. Raises InvalidText."""
    if len(text) > _RAW_FACTOR * MAX_NAME:  # before it is normalized
        raise _too_long()
    name = " ".join(normalize_text(text).split())
    if is_blank(name):
        raise InvalidText("name", message("Enter a name."))
    if len(name) > MAX_NAME:
        raise _too_long()
    return name


def _too_long() -> InvalidText:
    text = message("The name has more than %(most)s characters.")
    return InvalidText("name", text.with_values(most=MAX_NAME))
