"""Pseudo-translations are as long and as strange as they say."""

import re
from pathlib import Path

import pytest

from app.web.rendering.languages.catalogs import find_catalogs
from tests.translations.pseudo import LANGUAGES, PseudoLanguage, texts, write_pseudo_catalogs

PLACEHOLDER_OR_TAG = re.compile(r"%\(\w+\)s|<[^>]*>")


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
def test_every_text_is_long_and_keeps_its_placeholders(language: PseudoLanguage) -> None:
    """It grows by 40 %, has brackets at its ends, and no letter of the text."""
    for message in texts():
        text = message.id[1] if isinstance(message.id, tuple) else message.id
        if not text:
            continue
        shown = language.translate(text)
        assert (shown[0], shown[-1]) == ("⟦", "⟧")
        assert sorted(PLACEHOLDER_OR_TAG.findall(shown)) == sorted(PLACEHOLDER_OR_TAG.findall(text))
        assert not re.search("[A-Za-z]", PLACEHOLDER_OR_TAG.sub("", shown.replace("%%", "")))
        letters = re.findall("[A-Za-z]", PLACEHOLDER_OR_TAG.sub("", text))
        if letters:  # punctuation does not grow
            words = PLACEHOLDER_OR_TAG.sub("", text).strip()
            assert len(PLACEHOLDER_OR_TAG.sub("", shown)) - 2 >= round(len(words) * 1.3)


def test_the_catalogs_are_read_as_others_are(tmp_path: Path) -> None:
    """One runs from left to right, one from right to left."""
    write_pseudo_catalogs(tmp_path)
    found = find_catalogs(tmp_path)
    directions = {tag: catalog.locale.text_direction for tag, catalog in found.items()}
    assert directions == {"en": "ltr", "he": "rtl", "ru": "ltr"}
    for language in LANGUAGES:
        shown = found[language.name].translations.gettext("Tags")
        assert shown == language.translate("Tags")
