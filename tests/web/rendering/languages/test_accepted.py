"""The header Accept-Language is read with a bound, and into languages that Babel knows."""

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from app.web.rendering.languages.accepted import (
    accepted_formats,
    accepted_languages,
    closest_locale,
    readable_tags,
)

SUBTAGS = st.sampled_from(
    ["zh", "en", "hant", "Hans", "TW", "419", "x", "yue", "1996", "u-ca", "*", "é", "_", "q"]
)
HEADERS = st.one_of(
    st.text(max_size=2000),
    st.lists(
        st.builds(
            "{};q={}".format,
            st.lists(SUBTAGS, max_size=5).map("-".join),
            st.sampled_from(["1", "0.5", "0", "-1", "nan", "1e9", ""]),
        ),
        max_size=60,
    ).map(",".join),
)


def locales_of(header: str) -> list[str]:
    return [str(entry.locale) for entry in accepted_languages(header)]


@pytest.mark.parametrize(
    ("tag", "written"),
    [
        ("zh", ("zh", "Hans")),
        ("zh-CN", ("zh", "Hans")),
        ("zh-SG", ("zh", "Hans")),
        ("zh-Hans-HK", ("zh", "Hans")),
        ("zh-cmn-Hans-CN", ("zh", "Hans")),
        ("cmn", ("zh", "Hans")),
        ("zh-TW", ("zh", "Hant")),
        ("zh-HK", ("zh", "Hant")),
        ("zh-MO", ("zh", "Hant")),
        ("zh-Hant", ("zh", "Hant")),
        ("zh-yue-HK", ("yue", "Hant")),
        ("PT_br", ("pt", "Latn")),
        ("sr", ("sr", "Cyrl")),
        ("sr-Latn-RS", ("sr", "Latn")),
        ("iw", ("he", "Hebr")),
        ("de-CH-1996-u-ca-gregory", ("de", "Latn")),
    ],
)
def test_a_language_has_its_script(tag: str, written: tuple[str, str]) -> None:
    """The territory decides about the script where the tag does not name it."""
    (entry,) = accepted_languages(tag)
    assert entry.written == written


def test_formats_are_those_of_the_territory() -> None:
    """An entry of a territory that is not known has none."""
    header = "en-GB,en-001,es-419,de-CH-1996,zh-SG,zh-TW,fr,en-XX"
    assert locales_of(header) == [
        *("en_GB", "en_001", "es_419", "de_CH"),
        *("zh_Hans_SG", "zh_Hant_TW", "fr", "None"),
    ]


def test_the_order_is_that_of_the_weights() -> None:
    """Equal weights keep the order of the header. A weight of zero refuses a language."""
    assert locales_of("de;q=0.3, fr, en;q=0, es;q=0.8, ko") == ["fr", "ko", "es", "de"]


@pytest.mark.parametrize("header", ["", "*", "i-klingon", "../../etc,;;q=x", "-", "ko;q=2"])
def test_entries_without_a_language_are_left_out(header: str) -> None:
    assert accepted_languages(header) == ()


def test_the_end_of_a_long_header_does_not_count() -> None:
    """Neither does the entry that the limit cuts: it could be cut to another language."""
    assert locales_of(f"ko,{'x' * 494}deu") == ["ko"]
    assert locales_of("ko," * 5000) == ["ko"] * 20


@given(HEADERS)
def test_every_header_is_read(header: str) -> None:
    """No header raises an error, and none has many entries."""
    assert len(accepted_languages(header)) <= 20


@given(HEADERS)
def test_every_header_gives_languages_of_the_site_and_formats_of_the_language(header: str) -> None:
    """Whatever a header names, the texts have a catalog, and the formats are of its language."""
    tags = ("en", "es", "zh-Hans")
    assert set(readable_tags(header, tags)) <= set(tags)
    for tag in tags:
        assert accepted_formats(header, tag).language == tag[:2]


def test_the_languages_of_another_site_are_chosen_for_themselves() -> None:
    """What a header was read for before decides nothing: another site has other languages."""
    header = "pt-BR,ko;q=0.9,en;q=0.8"
    assert readable_tags(header, ("en", "ko")) == ("ko", "en")
    assert readable_tags(header, ("en", "pt")) == ("pt", "en")
    assert readable_tags(header, ("ko", "pt-BR")) == ("pt-BR", "ko")


@pytest.mark.parametrize(
    ("accepted", "best"), [("pt-BR", "pt_BR"), ("pt-PT", "pt"), ("pt", "pt"), ("es-BR", None)]
)
def test_of_two_catalogs_the_closer_one_is_chosen(accepted: str, best: str | None) -> None:
    """A catalog of the territory comes before that of the language, and that before others."""
    locales = [Locale.parse(name) for name in ("pt_AO", "pt", "pt_BR", "en")]
    (entry,) = accepted_languages(accepted)
    found = closest_locale(entry, locales)
    assert found == (Locale.parse(best) if best else None)
