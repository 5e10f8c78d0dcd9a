"""Show the credit of a photo on pages, in JSON-LD and in oEmbed."""

from typing import Any, NamedTuple

from flask import Flask

from app.domain.image.credit import Credit
from app.domain.image.licenses import find_license, holders
from app.web.rendering.i18n import gettext as _

_OTHER_LICENSE = "license nofollow"  # of an address that an uploader chose


class CreditPart(NamedTuple):
    """A part of a credit, and the page and relation of its link."""

    text: str
    url: str | None = None
    rel: str | None = None


def init_app(app: Flask) -> None:
    """Add the filter to templates."""
    app.jinja_env.filters["credit_parts"] = credit_parts


def credit_parts(credit: Credit) -> list[CreditPart]:
    """Return the names and rights in the order in which a page shows them."""
    parts = [CreditPart(text) for text in holders(credit)]
    if license_part := _license_part(credit):
        parts.append(license_part)
    elif credit.usage_terms:
        parts.append(CreditPart(credit.usage_terms))
    if credit.licensor_url:
        parts.append(CreditPart(_("Get a license"), credit.licensor_url, "nofollow"))
    return parts


def author_of(credit: Credit | None) -> str | None:
    """Return the name to credit."""
    return credit.creator or credit.credit_line if credit else None


def license_url(credit: Credit | None) -> str | None:
    """Return the address of the license."""
    if credit is None:
        return None
    found = find_license(credit)
    return found.url if found else credit.license_url


def json_ld_properties(credit: Credit | None) -> dict[str, Any]:
    """Return the properties of schema.org by which search engines show a license.

    https://developers.google.com/search/docs/appearance/structured-data/image-license-metadata
    """
    if credit is None:
        return {}
    creator = {"@type": "Person", "name": credit.creator} if credit.creator else None
    return {
        "license": license_url(credit),
        "acquireLicensePage": credit.licensor_url,
        "creator": creator,
        "creditText": credit.credit_line or credit.creator,
        "copyrightNotice": credit.copyright_notice,
    }


def _license_part(credit: Credit) -> CreditPart | None:
    if found := find_license(credit):
        return CreditPart(found.name, found.url, "license")
    if credit.license_url:
        return CreditPart(credit.usage_terms or _("License"), credit.license_url, _OTHER_LICENSE)
    return None
