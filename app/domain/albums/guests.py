"""The guest link of an album: its code, and the rights of guests."""

import base64
import re
import secrets
from enum import StrEnum

from app.domain.errors import InvalidText
from app.domain.messages import message

MAX_PHOTOS = 1000  # of one guest in one album
DEFAULT_PHOTOS = 100
_GUEST = "guest:"
_CODE_BYTES = 10  # 80 random bits
_CODE = re.compile("[a-z2-7]{16}")


class GuestAccess(StrEnum):
    """The rights of guests."""

    NONE = "none"
    ADD = "add"  # they add photos, and see their own alone
    SEE = "see"  # they also see the album


def new_guest_code() -> str:
    """Return a code that cannot be guessed, in base32."""
    return base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode().lower()


def is_guest_code(text: str) -> bool:
    """Return whether `text` may be the code of a guest link."""
    return _CODE.fullmatch(text) is not None


def guest_listing(code: str) -> str:
    """Return the list that has one album: the one with this code."""
    return f"{_GUEST}{code}"


def is_guest_listing(listing: str) -> bool:
    """Return whether a list of albums is that of a code."""
    return listing.startswith(_GUEST)


def parse_limit(text: str) -> int:
    """Return the most photos of one guest. Raises InvalidText."""
    digits = text.strip()
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= len(str(MAX_PHOTOS))
    if is_number and 1 <= int(digits) <= MAX_PHOTOS:
        return int(digits)
    error = message("Enter a number from 1 to %(most)s.").with_values(most=MAX_PHOTOS)
    raise InvalidText("guest_limit", error)
