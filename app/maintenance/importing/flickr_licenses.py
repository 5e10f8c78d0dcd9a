"""The licenses of Flickr: flickr.com/services/api/flickr.photos.licenses.getInfo.html."""

from app.domain.image.credit_choice import COPYRIGHT, LICENSES, OTHER, CreditChoice

_BASE = "https://creativecommons.org"
_SHORT_NAMES = {
    "Attribution License": "by",
    "Attribution-ShareAlike License": "by-sa",
    "Attribution-NonCommercial License": "by-nc",
    "Attribution-NoDerivs License": "by-nd",
    "Attribution-NonCommercial-ShareAlike License": "by-nc-sa",
    "Attribution-NonCommercial-NoDerivs License": "by-nc-nd",
}
_VERSION_2 = {  # the only version until 2025, which the names do not state
    name.casefold(): f"{_BASE}/licenses/{short}/2.0/" for name, short in _SHORT_NAMES.items()
}
_VERSION_4 = {license_.name.casefold(): code for code, license_ in LICENSES.items()}
_OTHERS = {
    "all rights reserved": CreditChoice(license=COPYRIGHT),
    "public domain dedication (cc0)": CreditChoice(license="cc0"),
    "public domain mark": CreditChoice(
        license=OTHER, license_url=f"{_BASE}/publicdomain/mark/1.0/"
    ),
}


def license_of(name: str) -> CreditChoice | None:
    """Return the license that Flickr names; None if it is none of Shoebox."""
    known = " ".join(name.split()).casefold()
    if url := _VERSION_2.get(known):
        return CreditChoice(license=OTHER, license_url=url)
    if code := _VERSION_4.get(known):
        return CreditChoice(license=code)
    return _OTHERS.get(known)
