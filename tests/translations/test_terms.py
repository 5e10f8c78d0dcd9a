"""A term of the glossary has one translation in each language."""

import re

import pytest

from tests.translations.test_catalogs import CATALOGS, forms, messages, read

_PATHS = {path.parent.parent.name: path for path in CATALOGS}
# The languages that have a noun for the host of an album; others describe the person.
_HOST = {"fr": "hôte", "ja": "主催者", "ko": "주인", "zh_Hans": "主办人"}


@pytest.mark.parametrize(("language", "noun"), _HOST.items())
def test_the_host_of_an_album_has_one_name(language: str, noun: str) -> None:
    """Guests, hosts and owners of albums read of the same person."""
    wrong = []
    for message in messages(read(_PATHS[language])):
        singular = message.id if isinstance(message.id, str) else message.id[0]
        if re.search(r"\bhosts?\b", singular):
            wrong += [form for form in forms(message) if noun not in form]
    assert wrong == []
