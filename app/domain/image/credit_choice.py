"""The credit and the license that a visitor enters, or that the site has as its default."""

import re
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

from app.domain.errors import InvalidText
from app.domain.image.contact_data import remove_contact_data
from app.domain.image.credit import MAX_NAME, Credit, clean_text, clean_url
from app.domain.image.licenses import License, find_license, notice_without_license
from app.domain.messages import message, plural_message

NO_LICENSE, COPYRIGHT, OTHER = "none", "copyright", "other"
_BASE = "https://creativecommons.org"
# The newest version of each license, by the name that forms and SITE_LICENSE use.
LICENSES = {
    "cc0": License("CC0 1.0", f"{_BASE}/publicdomain/zero/1.0/"),
    "cc-by": License("CC BY 4.0", f"{_BASE}/licenses/by/4.0/"),
    "cc-by-sa": License("CC BY-SA 4.0", f"{_BASE}/licenses/by-sa/4.0/"),
    "cc-by-nc": License("CC BY-NC 4.0", f"{_BASE}/licenses/by-nc/4.0/"),
    "cc-by-nd": License("CC BY-ND 4.0", f"{_BASE}/licenses/by-nd/4.0/"),
    "cc-by-nc-sa": License("CC BY-NC-SA 4.0", f"{_BASE}/licenses/by-nc-sa/4.0/"),
    "cc-by-nc-nd": License("CC BY-NC-ND 4.0", f"{_BASE}/licenses/by-nc-nd/4.0/"),
}
LICENSE_NAMES = (NO_LICENSE, COPYRIGHT, *LICENSES, OTHER)
_WITHOUT_COPYRIGHT = (NO_LICENSE, "cc0")

_TOO_LONG = plural_message(
    "The credit is %(count)s character too long (limit %(most)s).",
    "The credit is %(count)s characters too long (limit %(most)s).",
)
_CONTACT = message("Leave out e-mail addresses and phone numbers. Everyone can read the credit.")
_UNKNOWN = message("Choose one of the licenses.")
_NO_URL = message("Enter the address of the license, such as https://example.org/license.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditChoice:
    """The credit and the license that a visitor or the site chooses.

    A field that is None leaves the value of the file.
    """

    credit: str | None = None  # the name to credit; empty for none
    license: str | None = None  # one of LICENSE_NAMES
    license_url: str = ""  # of the license OTHER

    @classmethod
    def of(cls, credit: Credit | None) -> Self:
        """Return the choice that describes a credit, as an edit form shows it."""
        credit = credit or Credit()
        name = credit.creator or credit.credit_line or ""
        found = find_license(credit)
        for code, license_ in LICENSES.items():
            if found == license_:
                return cls(credit=name, license=code)
        if url := found.url if found else credit.license_url:
            return cls(credit=name, license=OTHER, license_url=url)
        return cls(credit=name, license=COPYRIGHT if credit.states_rights else NO_LICENSE)

    def validated(self) -> Self:
        """Return the choice as it is stored.

        Raises:
            InvalidText: The credit is too long or has contact data, or the license is unknown.
        """
        credit = None if self.credit is None else _clean_credit(self.credit)
        if self.license is not None and self.license not in LICENSE_NAMES:
            raise InvalidText("license", _UNKNOWN)
        if self.license != OTHER:
            return replace(self, credit=credit, license_url="")
        url = clean_url(self.license_url)
        if url is None:
            raise InvalidText("license_url", _NO_URL)
        return replace(self, credit=credit, license_url=url)

    def without_blanks(self) -> Self:
        """Return the choice of an upload form, in which an empty field leaves the file's value."""
        license_ = self.license or (OTHER if self.license_url else None)
        return replace(self, credit=self.credit or None, license=license_)

    def apply(self, credit: Credit | None, year: int) -> Credit | None:
        """Return the credit with the chosen values; None if no value is left.

        Args:
            credit: The credit of the file or of the record.
            year: The year of a new copyright notice.
        """
        before = self.of(credit)
        changed = credit or Credit()
        if self.credit is not None and self.credit != before.credit:
            changed = _with_creator(changed, before.credit or "", self.credit)
        wants_license = self.license is not None
        if wants_license and (self.license, self.license_url) != _license_of(before):
            changed = self._with_license(changed, year)
        return changed.cleaned() or None

    def _with_license(self, credit: Credit, year: int) -> Credit:
        known = LICENSES.get(str(self.license))
        url = known.url if known else self.license_url or None
        notice = _notice_for(url, credit.copyright_notice)
        if self.license in _WITHOUT_COPYRIGHT:
            notice = None
        elif not notice:
            notice = f"© {year} {credit.creator or credit.credit_line or ''}"
        return replace(
            credit,
            copyright_notice=notice,
            usage_terms=None,
            license_url=url,
            licensor_url=None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditChoices:
    """The choice of a visitor, and the site's default for files without a credit.

    `sidecar` is the credit that a file beside the photo states. It counts as one of the photo's own
    file, and its values have precedence. `record` is the credit of a published photo, which its
    files get instead of any other; an empty one removes the credit from the files.
    """

    typed: CreditChoice = field(default_factory=CreditChoice)
    default: CreditChoice = field(default_factory=CreditChoice)
    sidecar: Credit = field(default_factory=Credit)
    record: Credit | None = None

    @classmethod
    def of_record(cls, credit: Credit | None) -> Self:
        """Return the choices that give the files of a published photo this credit, or none."""
        return cls(record=credit or Credit())

    def apply(self, credit: Credit | None, year: int) -> Credit | None:
        """Return the credit of a photo whose file has `credit`. The visitor's choice wins."""
        if self.record is not None:
            return self.record or None
        default = CreditChoice() if credit else self.default
        chosen = self.typed
        if chosen.credit is None:
            chosen = replace(chosen, credit=default.credit)
        if chosen.license is None:
            chosen = replace(chosen, license=default.license, license_url=default.license_url)
        return chosen.apply(credit, year)

    def to_dict(self) -> dict[str, Any]:
        """Return the choices as JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Return the choices that `to_dict` gave."""
        return cls(
            typed=CreditChoice(**values["typed"]),
            default=CreditChoice(**values["default"]),
            sidecar=Credit(**values["sidecar"]),
            record=None if values["record"] is None else Credit(**values["record"]),
        )


def _license_of(choice: CreditChoice) -> tuple[str | None, str]:
    return choice.license, choice.license_url


def _notice_for(url: str | None, notice: str | None) -> str | None:
    """Return a copyright notice that names no license but that of a URL; None for a new one."""
    named = find_license(Credit(copyright_notice=notice))
    if not notice or named in {None, find_license(Credit(license_url=url))}:
        return notice
    return notice_without_license(notice)


def _with_creator(credit: Credit, before: str, after: str) -> Credit:
    """Return the credit with another creator, also in its copyright notice."""
    notice = credit.copyright_notice
    if notice and before:
        name = rf"(?<!\w){re.escape(before)}(?!\w)"  # not within another name
        notice = re.sub(name, lambda _found: after, notice)
    return replace(credit, creator=after or None, credit_line=None, copyright_notice=notice)


def _clean_credit(text: str) -> str:
    if (excess := len(text) - MAX_NAME) > 0:
        raise InvalidText("credit", _TOO_LONG.with_values(count=excess, most=MAX_NAME))
    line = " ".join(text.split())
    if remove_contact_data(line) != line:
        raise InvalidText("credit", _CONTACT)
    return clean_text(line, MAX_NAME) or ""
