"""The licenses of Creative Commons are recognized by their addresses."""

import pytest

from app.domain.image.credit import Credit
from app.domain.image.licenses import find_license

BASE = "https://creativecommons.org"


@pytest.mark.parametrize(
    ("text", "name", "url"),
    [
        (f"{BASE}/licenses/by/4.0/", "CC BY 4.0", f"{BASE}/licenses/by/4.0/"),
        (
            "http://www.creativecommons.org/licenses/BY-nc-ND/2.5/it/deed.en",
            "CC BY-NC-ND 2.5",
            f"{BASE}/licenses/by-nc-nd/2.5/",
        ),
        (f"{BASE}/licenses/by-sa/3.0", "CC BY-SA 3.0", f"{BASE}/licenses/by-sa/3.0/"),
        (f"See {BASE}/publicdomain/zero/1.0/.", "CC0 1.0", f"{BASE}/publicdomain/zero/1.0/"),
    ],
)
def test_a_license_is_found_in_any_statement_of_rights(text: str, name: str, url: str) -> None:
    assert find_license(Credit(license_url=text)) == (name, url)
    assert find_license(Credit(license_url="https://example.org/", usage_terms=text)) == (name, url)


@pytest.mark.parametrize(
    "text",
    [f"{BASE}/licenses/by/9.0/", f"{BASE}/", f"{BASE}.example.org/licenses/by/4.0/", "CC BY"],
)
def test_other_addresses_are_no_license(text: str) -> None:
    assert find_license(Credit(license_url=text)) is None
