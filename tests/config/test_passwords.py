"""The settings of the passwords.

Covers app.config.
"""

import pytest

from app.config import Config, ConfigError
from tests.config.sample_settings import AWS, set_all


@pytest.mark.parametrize(("bucket", "min_length"), [("", 8), ("my-photos", 12)])
@pytest.mark.parametrize("name", ["UPLOAD_PASSWORD", "ADMIN_PASSWORD"])
def test_short_passwords_are_refused(
    monkeypatch: pytest.MonkeyPatch, bucket: str, min_length: int, name: str
) -> None:
    """8 characters on one's own machine, 12 on AWS, where everyone may guess."""
    set_all(monkeypatch, AWS if bucket else {})
    monkeypatch.setenv(name, "p" * min_length)
    Config.from_env()
    monkeypatch.setenv(name, "p" * (min_length - 1))
    with pytest.raises(ConfigError) as refused:
        Config.from_env()
    assert refused.value.problems == {name: f"must have at least {min_length} characters."}


def test_both_passwords_may_not_be_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """One password for both roles would let everyone who uploads delete everything."""
    set_all(monkeypatch, {"UPLOAD_PASSWORD": "one-for-both", "ADMIN_PASSWORD": "one-for-both"})
    with pytest.raises(ConfigError, match="ADMIN_PASSWORD"):
        Config.from_env()


def test_a_password_is_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """A script that sends it would be refused as one with a wrong token."""
    set_all(monkeypatch, {"UPLOAD_PASSWORD": "shoebox_party"})
    with pytest.raises(ConfigError, match=r"UPLOAD_PASSWORD.*must not begin with shoebox_"):
        Config.from_env()
