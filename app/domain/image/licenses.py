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
_SEPARATORS = " ,;:|·–—-("  # "(c)" begins with the last one
_URL_IN_TEXT = re.compile(
    rf"[{re.escape(_SEPARATORS)}]*{_CREATIVE_COMMONS.pattern}[^\s,;)]*\)?", re.IGNORECASE
)
_NAMES_LICENSE = re.compile(r"\b(?:cc|creative commons|licen[cs]ed?)\b", re.IGNORECASE)
# A part of a notice ends with a mark. A period between letters or digits ends none: "4.0".
_PARTS = re.compile(r"(?:[^,;:|·–—(.]|\.(?=\w))*(?:[,;:|·–—(.]|$)")
_LEADS_TO_LICENSE = re.compile(
    r"(?:\W|\b(?:a|an|and|are|available|by|distributed|image|is|its|of|photo|picture|published|"
    r"released|shared|terms|the|this|under|with|work)\b)+$",
    re.IGNORECASE,
)
_IS_NOTICE = re.compile(r"(?:©|\(c\)|\bcopyright\b)[^\w]*\w.*[^\W\d]", re.IGNORECASE)
_ENDS = _SEPARATORS + "."
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
    """Return a copyright notice without the addresses and the names of licenses.

    The holders stay. None if nothing else is in it, or if its other words are no notice.
    """
    left = _URL_IN_TEXT.sub("", notice).rstrip(_SEPARATORS).lstrip(_SEPARATORS[:-1])
    if _NAMES_LICENSE.search(left):
        parts = (_before_license(part) for part in _PARTS.findall(left))
        left = "".join(parts).rstrip(_ENDS).lstrip(_ENDS.replace("(", ""))
        return left if _IS_NOTICE.search(left) else None
    return left if re.search(r"\w", left) else None


def _before_license(part: str) -> str:
    """Return the beginning of a part of a notice, up to the words that name a license."""
    named = _NAMES_LICENSE.search(part)
    if named is None:
        return part
    before = _LEADS_TO_LICENSE.sub("", part[: named.start()])
    return f"{before}," if before else ""


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
