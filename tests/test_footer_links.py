"""The setting SITE_FOOTER."""

import pytest
from environs import ValidationError

from app.config import Config
from app.footer_links import MAX_LABEL, MAX_LINKS, MAX_URL, FooterLink, parse, validate

LINKS = (
    "Imprint https://example.org/imprint; 개인정보 처리방침 /privacy;Contact mailto:me@example.org;"
)


def test_the_last_word_of_an_entry_is_its_url(monkeypatch: pytest.MonkeyPatch) -> None:
    """Labels may have several words, and a semicolon at the end adds no link."""
    monkeypatch.setenv("SITE_FOOTER", LINKS)
    assert Config.from_env().site_footer == (
        FooterLink("Imprint", "https://example.org/imprint"),
        FooterLink("개인정보 처리방침", "/privacy"),
        FooterLink("Contact", "mailto:me@example.org"),
    )


@pytest.mark.parametrize("text", ["", " ; ", "Home /", "A http://[::1]:8000/a?b=c#d", "B /a//b"])
def test_pages_mail_addresses_and_paths_are_accepted(text: str) -> None:
    """No link at all is valid too."""
    validate(text)


@pytest.mark.parametrize(
    "entry",
    [
        "https://example.org",
        "Imprint",
        "Imprint example.org",
        "Imprint javascript:alert(1)",
        "Imprint JavaScript:alert(1)",
        "Imprint data:text/html,x",
        "Imprint //example.org",
        "Imprint /\\example.org",
        "Imprint https://",
        "Imprint https:/example.org",
        "Imprint https://[example",
        "Contact mailto:",
        "Contact mailto:me",
        "Imprint https://example.org/\x00",
        "Im\u202eprint /imprint",
        f"{'x' * (MAX_LABEL + 1)} /x",
        f"X /{'x' * MAX_URL}",
        "X /x; " * (MAX_LINKS + 1),
    ],
)
def test_other_links_are_refused(entry: str) -> None:
    """A link runs no script, and leads to a page, a path of this host or a mail address."""
    with pytest.raises(ValidationError, match="https or http"):
        validate(f"Privacy /privacy; {entry}")


def test_the_longest_list_is_accepted() -> None:
    """The limits are inclusive."""
    entry = f"{'x' * MAX_LABEL} /{'x' * (MAX_URL - 1)}"
    text = "; ".join([entry] * MAX_LINKS)
    validate(text)
    assert len(parse(text)) == MAX_LINKS
