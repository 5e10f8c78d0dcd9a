"""Who made a photo, and the rights that its file states or its uploader entered."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Any
from urllib.parse import unquote, urlsplit

from app.domain.image.contact_data import has_email, remove_contact_data
from app.domain.unicode_text import is_blank, normalize_text

MAX_NAME = 100  # characters of the creator and of the credit line
MAX_NOTICE = 150
MAX_TERMS = 200
MAX_URL = 200
_RAW_FACTOR = 4  # normalizing may shorten a text
_LIMITS = {
    "creator": MAX_NAME,
    "copyright_notice": MAX_NOTICE,
    "credit_line": MAX_NAME,
    "usage_terms": MAX_TERMS,
    "license_url": MAX_URL,
    "licensor_url": MAX_URL,
}
CREDIT_FIELDS = tuple(_LIMITS)
_URLS = ("license_url", "licensor_url")
_URL = re.compile(r"https?://[^\s<>\"{}|\\^`]+")


class KeepCredit(StrEnum):
    """Which credit is read from uploaded files and written into published ones."""

    RIGHTS = "rights"  # if it states rights; a name alone may be that of the camera's owner
    ALL = "all"
    NO = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """The credit of a photo in the terms of the IPTC Photo Metadata Standard.

    A value that the file does not have is None. `cleaned` returns a credit that can be stored.
    """

    creator: str | None = None  # several names are separated by semicolons
    copyright_notice: str | None = None
    credit_line: str | None = None
    usage_terms: str | None = None
    license_url: str | None = None  # the web statement of rights
    licensor_url: str | None = None

    def __bool__(self) -> bool:
        return any(getattr(self, each.name) for each in fields(self))

    @property
    def states_rights(self) -> bool:
        """Whether more than a name is stated, which may be that of the camera's owner."""
        return any((self.copyright_notice, self.usage_terms, self.license_url, self.licensor_url))

    def or_else(self, other: "Credit") -> "Credit":
        """Return the credit with the values of `other` where this one has none."""
        known = {name: value for name, value in asdict(self).items() if value}
        return replace(other, **known)

    def cleaned(self) -> "Credit":
        """Return the credit with short values in one line, without contact data.

        Texts are in Unicode NFC and have no control characters. URLs are those of web pages. A
        value that cannot be shown is left out. Cleaning the result again changes nothing.
        """
        values: dict[str, str | None] = {}
        for name, value in asdict(self).items():
            clean = clean_url if name in _URLS else clean_text
            values[name] = clean(value, _LIMITS[name]) if value else None
        return Credit(**values)


def credit_from_dict(record: Mapping[str, Any]) -> Credit:
    """Return the credit in a photo record."""
    return Credit(**{name: str(value) for name, value in record.items() if name in _LIMITS})


def clean_text(text: str, most: int) -> str | None:
    """Return at most `most` characters in one line without contact data; None if none is left."""
    line = " ".join(normalize_text(text[: _RAW_FACTOR * most]).split())[:most].strip()
    cleaned = remove_contact_data(line)
    return None if is_blank(cleaned) else cleaned


def clean_url(text: str, most: int = MAX_URL) -> str | None:
    """Return the URL of a web page; None for any other, or with a user or an e-mail address."""
    url = text.strip()
    if len(url) > most or not _URL.fullmatch(url) or normalize_text(url) != url:
        return None
    try:
        parts = urlsplit(url)
        has_user = "@" in parts.netloc
        host = parts.hostname
    except ValueError:  # for example an invalid IPv6 address
        return None
    return None if has_user or not host or has_email(unquote(url)) else url
