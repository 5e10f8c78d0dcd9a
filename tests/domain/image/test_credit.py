"""A credit is short, in one line, and holds no contact data.

Covers app.domain.image.contact_data.
"""

import re
import unicodedata
from dataclasses import asdict

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.domain.image.credit import Credit, clean_url, credit_from_dict
from app.domain.json_values import to_json_object

bounded = settings(max_examples=100, derandomize=True, database=None)
ADDRESSES = st.from_regex(r"\A[a-z]{1,8}(\.[a-z]{1,4})?@[a-z]{1,8}\.[a-z]{2,5}\Z")
NUMBERS = st.from_regex(r"\A\+[1-9]{2} ?\(?[0-9]{2,4}\)?[ -]?[0-9]{4,8}\Z")
CONTACTS = ADDRESSES | NUMBERS | ADDRESSES.map("<{}>".format) | ADDRESSES.map("mailto:{}".format)


@bounded
@given(st.text(max_size=60), CONTACTS, st.text(max_size=60))
@example("a@", "b@c.de", "@d")
@example("1", "+49 30 1234567", "2")
def test_no_contact_data_stays_in_any_text(before: str, contact: str, after: str) -> None:
    cleaned = Credit(creator=f"{before} {contact} {after}").cleaned().creator or ""
    assert contact not in cleaned
    assert not re.search(r"[a-z]@[a-z]+\.[a-z]", cleaned)
    assert not re.search(r"\+\d\d ?\d{5}", cleaned)


@bounded
@given(st.text(max_size=900), st.text(max_size=40).map("https://example.org/{}".format))
@example("e\u0301" * 500, "https://example.org/\ud800")
def test_cleaning_again_changes_nothing(text: str, url: str) -> None:
    once = Credit(creator=text, usage_terms=text, license_url=url).cleaned()
    assert once.cleaned() == once
    for value in filter(None, asdict(once).values()):
        assert len(value) <= 200
        assert value == unicodedata.normalize("NFC", value) == " ".join(value.split())
        assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in value)


@pytest.mark.parametrize(
    "text",
    [
        "© 2010-2026 Anna",
        "© 2019, 2020 2021 Anna",
        "© 2026-11-14 Anna",
        "Photo: @anna / Example",
        "Anna 123456",
        "안나 2026",
    ],
)
def test_years_dates_and_names_stay(text: str) -> None:
    assert Credit(copyright_notice=text).cleaned().copyright_notice == text


@pytest.mark.parametrize(
    "url",
    [
        *("javascript:alert(1)", "mailto:a@b.de", "//example.org", "https://", "https://[::1"),
        *("https://anna@example.org/", "https://example.org/?to=a%40b.de", "ftp://example.org/"),
        *("https://example.org/a b", 'https://example.org/"', "https://example.org/" + "a" * 200),
    ],
)
def test_only_addresses_of_web_pages_are_urls(url: str) -> None:
    assert clean_url(url) is None


def test_rights_are_more_than_a_name() -> None:
    assert not Credit(creator="Anna", credit_line="Anna").states_rights
    for name in ("copyright_notice", "usage_terms", "license_url", "licensor_url"):
        assert Credit(**{name: "x"}).states_rights


def test_a_record_gives_the_credit_back() -> None:
    credit = Credit(creator="Anna", license_url="https://example.org/")
    record = to_json_object(asdict(credit))
    assert record == {"creator": "Anna", "license_url": "https://example.org/"}
    assert credit_from_dict(record | {"later": 1}) == credit
