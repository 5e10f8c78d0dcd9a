"""The licenses that a photo can have, and those that its credit names."""

import re
from typing import NamedTuple

from app.domain.image.credit import Credit

# The licenses of Creative Commons, and the dedications to the public domain, by their addresses:
# https://creativecommons.org/share-your-work/cclicenses/.
_CREATIVE_COMMONS = re.compile(
    r"https?://(?:www\.)?creativecommons\.org/"
    r"(?:licenses/(by(?:-nc)?(?:-nd|-sa)?)/([1-4]\.[05])|publicdomain/(zero|mark)/1\.0)(?![\w.])",
    re.IGNORECASE,
)
_SEPARATORS = " ,;:|·–—-("
_URL_IN_TEXT = re.compile(
    rf"[{re.escape(_SEPARATORS)}]*{_CREATIVE_COMMONS.pattern}[^\s,;)]*\)?", re.IGNORECASE
)
_NAMES_LICENSE = re.compile(r"\b(?:cc|creative commons|licen[cs]ed?)\b", re.IGNORECASE)
_PUBLIC_DOMAIN = {"zero": "CC0 1.0", "mark": "Public Domain Mark 1.0"}


class License(NamedTuple):
    """A license with its name, which needs no translation, and its address."""

    name: str
    url: str


def find_license(credit: Credit) -> License | None:
    """Return the license of Creative Commons that a photo's credit names."""
    for text in (credit.license_url, credit.usage_terms, credit.copyright_notice):
        if match := _CREATIVE_COMMONS.search(text or ""):
            return _license_of(match)
    return None


def notice_without_license(notice: str) -> str | None:
    """Return a copyright notice without the addresses of licenses.

    None if nothing else is in it, or if its words name the license too.
    """
    left = _URL_IN_TEXT.sub("", notice).strip(_SEPARATORS)
    return None if _NAMES_LICENSE.search(left) or not re.search(r"\w", left) else left


def rights_text(credit: Credit) -> str:
    """Return who holds which rights in one line, in no language: © 2026 Anna · CC BY 4.0."""
    license_ = find_license(credit)
    name = license_.name if license_ else credit.usage_terms or credit.license_url
    return " · ".join(filter(None, (*holders(credit), name)))


def holders(credit: Credit) -> list[str]:
    """Return the copyright notice and the names, without those that it repeats."""
    texts: list[str] = []
    for text in (credit.copyright_notice, credit.creator, credit.credit_line):
        if text and not any(text in shown for shown in texts):
            texts.append(text)
    return texts


def _license_of(match: re.Match[str]) -> License:
    kind, version, public_domain = (str(part or "").lower() for part in match.groups())
    if public_domain:
        url = f"https://creativecommons.org/publicdomain/{public_domain}/1.0/"
        return License(_PUBLIC_DOMAIN[public_domain], url)
    url = f"https://creativecommons.org/licenses/{kind}/{version}/"
    return License(f"CC {kind.upper()} {version}", url)
