"""The card to print has the language of the page, and a second one that the host chooses."""

import re

import pytest

from tests.web.pages.guests.conftest import MakeParty, Party

INSTRUCTIONS = re.compile(r'<p lang="([\w-]+)"><strong>')
SELECTED = re.compile(r'<option value="([\w-]+)"[^>]* selected')


@pytest.fixture
def party(make_party: MakeParty) -> Party:
    return make_party()


@pytest.mark.parametrize(
    ("query", "accepted", "languages"),
    [
        ("?lang=ko", "ko", ["ko", "en"]),
        ("?lang=en", "en", ["en"]),
        ("?lang=en", "en,ko;q=0.5", ["en", "ko"]),
        ("?lang=en&second=ko", "en", ["en", "ko"]),
        ("?lang=en&second=none", "en,ko", ["en"]),
        ("?lang=ko&second=none", "ko", ["ko"]),
        ("?lang=ko&second=ko", "ko", ["ko", "en"]),
        ("?lang=ko&second=xx", "ko", ["ko", "en"]),
        ("?lang=en&second=../ko", "en", ["en"]),
    ],
)
def test_a_card_has_two_languages_at_most(
    party: Party, query: str, accepted: str, languages: list[str]
) -> None:
    """English is the second one by itself, or the next one that a reader of English accepts."""
    path = f"/albums/{party.album_id}/guests/card{query}"
    page = party.host.get(path, headers={"Accept-Language": accepted}).text
    assert INSTRUCTIONS.findall(page) == languages
    assert SELECTED.findall(page) == languages[1:]


def test_the_host_can_choose_every_other_language(party: Party) -> None:
    """The form names each language in itself, and sends no text of the visitor."""
    page = party.host.get(f"/albums/{party.album_id}/guests/card?lang=en").text
    form = page.partition('<form class="actions">')[2].partition("</form>")[0]
    assert re.findall(r'<option value="(none|ko|en)"', form) == ["none", "ko"]
    assert '<label for="second">' in form
    assert "한국어" in form
