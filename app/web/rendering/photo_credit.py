"""Show the credit of a photo on pages, in JSON-LD and in oEmbed, and the licenses in forms."""

from typing import Any, NamedTuple

from flask import Flask

from app.domain.image.credit import Credit
from app.domain.image.credit_choice import COPYRIGHT, LICENSES, NO_LICENSE, OTHER
from app.domain.image.licenses import find_license, holders
from app.domain.photo import Photo
from app.web.context import app_context
from app.web.rendering.i18n import gettext as _

Choices = list[tuple[str, str]]

_OTHER_LICENSE = "license nofollow"  # of an address that an uploader chose


class CreditPart(NamedTuple):
    """A part of a credit, and the page and relation of its link."""

    text: str
    url: str | None = None
    rel: str | None = None


def init_app(app: Flask) -> None:
    """Add the filters to templates."""
    app.jinja_env.filters.update(credit_parts=credit_parts, kept_rights=kept_rights)


def kept_rights(photo: Photo) -> str:
    """Return who holds which rights, if the published files say so; otherwise an empty string."""
    return (photo.rights or "") if photo.credit_in_files else ""


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


def license_choices() -> Choices:
    """Return the codes and the labels of all licenses."""
    return [
        (NO_LICENSE, _("No license stated")),
        (COPYRIGHT, _("© All rights reserved")),
        *((code, license_.name) for code, license_ in LICENSES.items()),
        (OTHER, _("Another license")),
    ]


def license_choices_of_upload() -> Choices:
    """Return the licenses after the choice of an upload that keeps the one of its file."""
    default = app_context().config.default_credit
    labels = dict(license_choices())
    named = default.license_url or labels.get(default.license or "")
    keep = _("As in the file, or %(license)s", license=named) if named else _("As in the file")
    return [("", keep), *labels.items()]


def license_choices_to_keep() -> Choices:
    """Return the licenses after the choice that keeps the license of each photo."""
    return [("", _("Keep as it is")), *license_choices()]


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
