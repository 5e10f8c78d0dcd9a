"""A visitor's entries have precedence over the file, and the file over the site's default.

Covers app.domain.image.image_options.
"""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import InvalidText
from app.domain.image.credit import Credit
from app.domain.image.credit_choice import (
    COPYRIGHT,
    LICENSES,
    NO_LICENSE,
    OTHER,
    CreditChoice,
    CreditChoices,
)

BY = LICENSES["cc-by"].url
BEN = Credit(creator="Ben", copyright_notice="© 2020 Ben", usage_terms="Ask", license_url=BY)
bounded = settings(max_examples=100, derandomize=True, database=None)
NOTICES = [f"© Anna, {BY}", f"© {BY}", f"© Anna ({BY}deed.en), CC BY", f"{BY} {BY}"]
CREDITS = st.builds(
    Credit,
    creator=st.none() | st.text(max_size=20),
    copyright_notice=st.none() | st.text(max_size=20) | st.sampled_from(NOTICES),
    credit_line=st.none() | st.text(max_size=20),
    usage_terms=st.none() | st.text(max_size=20) | st.sampled_from([BY]),
    license_url=st.none() | st.sampled_from([BY, "https://example.org/", "https://x.org/by"]),
).map(Credit.cleaned)


@bounded
@given(CREDITS)
def test_an_edit_form_that_is_sent_unchanged_changes_nothing(credit: Credit) -> None:
    shown = CreditChoice.of(credit or None)
    assert shown.validated() == shown
    assert shown.apply(credit or None, 2026) == (credit or None)


@bounded
@given(CREDITS, st.sampled_from([NO_LICENSE, COPYRIGHT, *LICENSES]), st.text("ab ", min_size=1))
def test_a_form_shows_what_was_entered(credit: Credit, license_: str, name: str) -> None:
    choice = CreditChoice(credit=name, license=license_).validated()
    assert CreditChoice.of(choice.apply(credit or None, 2026)) == choice


def test_a_new_name_also_replaces_that_in_the_notice() -> None:
    changed = CreditChoice(credit="Anna").apply(BEN, 2026)
    assert changed == replace(BEN, creator="Anna", copyright_notice="© 2020 Anna")


@pytest.mark.parametrize(
    ("before", "notice", "expected"),
    [
        ("An", "© 2019 An, Anna and Hannah", "© 2019 Ben, Anna and Hannah"),
        ("2", "© 2022 2", "© 2022 Ben"),
        ("An (AP)", "© An (AP), Jan An (AP)", "© Ben, Jan Ben"),
        ("안나", "© 2019 안나, 안나리", "© 2019 Ben, 안나리"),
    ],
)
def test_a_new_name_replaces_no_part_of_a_longer_one(
    before: str, notice: str, expected: str
) -> None:
    changed = CreditChoice(credit="Ben").apply(
        Credit(creator=before, copyright_notice=notice), 2026
    )
    assert changed == Credit(creator="Ben", copyright_notice=expected)


def test_a_new_name_is_no_pattern() -> None:
    changed = CreditChoice(credit=r"B\1").apply(BEN, 2026)
    assert changed == replace(BEN, creator=r"B\1", copyright_notice=r"© 2020 B\1")


def test_a_new_license_replaces_the_terms_of_the_old_one() -> None:
    changed = CreditChoice(license="cc-by-sa").apply(BEN, 2026)
    assert changed == replace(BEN, usage_terms=None, license_url=LICENSES["cc-by-sa"].url)
    assert CreditChoice(license="cc0").apply(BEN, 2026) == Credit(
        creator="Ben", license_url=LICENSES["cc0"].url
    )
    assert CreditChoice(license=NO_LICENSE).apply(BEN, 2026) == Credit(creator="Ben")
    assert CreditChoice(credit="", license=NO_LICENSE).apply(BEN, 2026) is None


@pytest.mark.parametrize(
    ("notice", "expected"),
    [
        (f"© 2019 Anna and Ben, {BY}", "© 2019 Anna and Ben"),
        (f"© 2019 Anna ({BY}deed.en), Ben", "© 2019 Anna, Ben"),
        (f"{BY.upper()} – © 2019 Anna", "© 2019 Anna"),
        (f"© Anna, {BY}, https://example.org/", "© Anna, https://example.org/"),
        (f"© {BY}", "© 2026 Anna"),
        (f"© 2019 Anna, licensed under CC BY, {BY}", "© 2019 Anna"),
        (f"© 2019, licensed under CC BY, {BY}", "© 2026 Anna"),
        (f"© 2019 Anna and Studio X, licensed under CC BY, {BY}", "© 2019 Anna and Studio X"),
        (f"© 2019 Anna; Ben (CC BY 4.0, {BY})", "© 2019 Anna; Ben"),
        (f"(c) Anna & Co. 2019. This work is licensed under {BY}", "(c) Anna & Co. 2019"),
        (f"© Anna, available under CC BY; Ben, {BY}", "© Anna, Ben"),
        (f"© 2019 안나, 벤, CC BY 라이선스 {BY}", "© 2019 안나, 벤"),
    ],
)
@pytest.mark.parametrize(
    "choice",
    [
        CreditChoice(license=COPYRIGHT),
        CreditChoice(license="cc-by-nc"),
        CreditChoice(license=OTHER, license_url="https://example.org/license"),
    ],
)
def test_a_new_license_replaces_one_that_the_notice_names(
    choice: CreditChoice, notice: str, expected: str
) -> None:
    changed = choice.apply(Credit(creator="Anna", copyright_notice=notice), 2026)
    assert changed is not None
    assert CreditChoice.of(changed) == replace(choice, credit="Anna")
    assert changed.copyright_notice == expected


def test_a_notice_keeps_the_license_that_is_chosen() -> None:
    of_file = replace(BEN, copyright_notice=f"© Ben, {BY}", license_url=LICENSES["cc0"].url)
    changed = CreditChoice(license="cc-by").apply(of_file, 2026)
    assert changed == replace(of_file, usage_terms=None, license_url=BY)


def test_a_license_of_a_photo_without_a_notice_adds_one() -> None:
    choice = CreditChoice(credit="Anna", license="cc-by")
    assert choice.apply(None, 2026) == Credit(
        creator="Anna", copyright_notice="© 2026 Anna", license_url=BY
    )


DEFAULT = CreditChoice(credit="Site", license="cc-by-nc")


@pytest.mark.parametrize(
    ("typed", "of_file", "name", "license_"),
    [
        (CreditChoice(), None, "Site", "cc-by-nc"),
        (CreditChoice(), BEN, "Ben", "cc-by"),
        (CreditChoice(credit="Anna"), None, "Anna", "cc-by-nc"),
        (CreditChoice(credit="Anna"), BEN, "Anna", "cc-by"),
        (CreditChoice(license="cc0"), None, "Site", "cc0"),
        (CreditChoice(license=NO_LICENSE), BEN, "Ben", NO_LICENSE),
    ],
)
def test_the_default_is_for_files_that_state_nothing(
    typed: CreditChoice, of_file: Credit | None, name: str, license_: str
) -> None:
    choices = CreditChoices(typed=typed, default=DEFAULT)
    assert CreditChoices.from_dict(json.loads(json.dumps(choices.to_dict()))) == choices
    result = CreditChoice.of(choices.apply(of_file, 2026))
    assert (result.credit, result.license) == (name, license_)


def test_the_credit_of_a_sidecar_is_passed_to_the_worker() -> None:
    choices = CreditChoices(default=DEFAULT, sidecar=BEN)
    assert CreditChoices.from_dict(json.loads(json.dumps(choices.to_dict()))) == choices


def test_a_value_that_a_sidecar_lacks_is_that_of_the_file() -> None:
    of_sidecar = Credit(creator="Anna", usage_terms="")
    assert of_sidecar.or_else(BEN) == replace(BEN, creator="Anna")
    assert Credit().or_else(BEN) == BEN
    assert BEN.or_else(Credit()) == BEN


@pytest.mark.parametrize(
    ("choice", "field"),
    [
        (CreditChoice(credit="x" * 101), "credit"),
        (CreditChoice(credit="Anna anna@example.org"), "credit"),
        (CreditChoice(license="gpl"), "license"),
        (CreditChoice(license=OTHER, license_url="javascript:x"), "license_url"),
        (CreditChoice(license=OTHER), "license_url"),
    ],
)
def test_an_invalid_choice_is_refused_at_its_field(choice: CreditChoice, field: str) -> None:
    with pytest.raises(InvalidText) as refused:
        choice.validated()
    assert refused.value.field == field


def test_a_blank_field_of_an_upload_leaves_what_the_file_states() -> None:
    assert CreditChoice(credit="", license="").without_blanks() == CreditChoice()
    url = CreditChoice(license="", license_url="https://example.org/").without_blanks()
    assert url.license == OTHER
