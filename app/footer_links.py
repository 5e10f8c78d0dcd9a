"""Links at the end of every page: the setting `SITE_FOOTER`."""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from environs import ValidationError

MAX_LINKS = 10
MAX_LABEL = 50  # characters
MAX_URL = 500  # characters

# `//example.org` and `/\example.org` are other hosts, not paths.
_MAIL_OR_PATH = re.compile(r"mailto:[^@\s]+@[^@\s]+|/(?![/\\])\S*")


class FooterLink(NamedTuple):
    """A link at the end of every page."""

    label: str
    url: str


def parse(text: str) -> tuple[FooterLink, ...]:
    """Return the links of a list such as `Imprint https://example.org/imprint; Privacy /privacy`.

    The last word of an entry is its URL.
    """
    entries = [entry.strip() for entry in text.split(";")]
    return tuple(_parse_entry(entry) for entry in entries if entry)


def validate(text: str) -> None:
    """Check that `text` is a short list of links to web pages, mail addresses or paths."""
    links = parse(text)
    if len(links) > MAX_LINKS or not all(_is_valid(link) for link in links):
        raise ValidationError(
            f"must be at most {MAX_LINKS} labels, each with an https or http URL, a mailto URL or "
            "a path, separated by semicolons: Imprint https://example.org/imprint; Privacy /privacy"
        )


def _parse_entry(entry: str) -> FooterLink:
    *words, url = entry.split()
    return FooterLink(" ".join(words), url)


def _is_valid(link: FooterLink) -> bool:
    return (
        0 < len(link.label) <= MAX_LABEL
        and len(link.url) <= MAX_URL
        and (link.label + link.url).isprintable()
        and (_is_web_page(link.url) or _MAIL_OR_PATH.fullmatch(link.url) is not None)
    )


def _is_web_page(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:  # for example an invalid IPv6 address
        return False
