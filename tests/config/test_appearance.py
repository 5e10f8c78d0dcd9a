"""The settings of texts, credits, dates and their order.

Covers app.config.
"""

from zoneinfo import ZoneInfo

import pytest

from app.config import Config, ConfigError


def test_tags_of_the_site_are_normalized(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tag that no photo could have is named."""
    monkeypatch.setenv("SITE_TAGS", " Lake,#Evening ,, lake")
    assert Config.from_env().site_tags == ("lake", "evening")
    monkeypatch.setenv("SITE_TAGS", "x" * 100)
    with pytest.raises(ConfigError) as raised:
        Config.from_env()
    assert set(raised.value.problems) == {"SITE_TAGS"}


@pytest.mark.parametrize("name", ["Europe", "../UTC", "/etc/localtime", "a\x01b", "UTC+9"])
def test_only_names_of_time_zones_are_accepted(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A name that is no time zone, or a path, stops the start with its name."""
    monkeypatch.setenv("TIMEZONE", name)
    with pytest.raises(ConfigError, match="TIMEZONE"):
        Config.from_env()


@pytest.mark.parametrize(("length", "is_valid"), [(300, True), (301, False)])
def test_the_text_about_the_site_is_short(
    monkeypatch: pytest.MonkeyPatch, length: int, *, is_valid: bool
) -> None:
    """It has at most 300 characters."""
    monkeypatch.setenv("SITE_ABOUT", "사" * length)
    if is_valid:
        assert len(Config.from_env().site_about) == length
    else:
        with pytest.raises(ConfigError, match="SITE_ABOUT"):
            Config.from_env()


def test_time_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The setting is a name of the IANA database."""
    monkeypatch.setenv("TIMEZONE", "Asia/Seoul")
    assert Config.from_env().timezone == ZoneInfo("Asia/Seoul")


def test_what_stays_of_a_credit_is_one_of_three_words(monkeypatch: pytest.MonkeyPatch) -> None:
    for word in ("rights", "all", "no"):
        monkeypatch.setenv("KEEP_CREDIT", word)
        assert Config.from_env().keep_credit == word
    monkeypatch.setenv("KEEP_CREDIT", "yes")
    with pytest.raises(ConfigError, match="KEEP_CREDIT"):
        Config.from_env()


def test_the_license_of_the_site_is_a_name_or_a_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_CREDIT", "Anna")
    for license_ in ("", "none", "copyright", "cc-by", "https://example.org/license"):
        monkeypatch.setenv("SITE_LICENSE", license_)
        assert Config.from_env().default_credit.credit == "Anna"
    for license_ in ("gpl", "other", "javascript:x"):
        monkeypatch.setenv("SITE_LICENSE", license_)
        with pytest.raises(ConfigError, match="SITE_LICENSE"):
            Config.from_env()


def test_the_credit_of_the_site_has_no_contact_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_CREDIT", "anna@example.org")
    with pytest.raises(ConfigError, match="SITE_CREDIT"):
        Config.from_env()


def test_the_order_of_the_gallery(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is one of two words."""
    for word in ("added", "taken"):
        monkeypatch.setenv("GALLERY_ORDER", word)
        assert Config.from_env().gallery_order == word
    monkeypatch.setenv("GALLERY_ORDER", "newest")
    with pytest.raises(ConfigError, match="GALLERY_ORDER"):
        Config.from_env()
