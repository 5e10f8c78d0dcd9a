"""The settings of a proxy in front of the site.

Covers app.config.
"""

import pytest

from app.config import Config, ConfigError
from app.remote_users import RemoteUsers
from tests.config.sample_settings import set_all


def test_proxy_headers_are_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """Case and spaces do not matter."""
    set_all(monkeypatch, {"PROXY_HOPS": "1", "PROXY_HEADERS": "Host, prefix"})
    assert Config.from_env().proxy_headers == ("host", "prefix")


def test_users_of_a_proxy_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of users keep their case, and spaces around them do not matter."""
    names = "Mina Kim, 김민아@example.org,"
    users = {"REMOTE_USER_HEADER": " Remote-User ", "REMOTE_USER_ADMINS": names}
    set_all(monkeypatch, {"PROXY_HOPS": "1"} | users)
    expected = RemoteUsers("Remote-User", ("Mina Kim", "김민아@example.org"))
    assert Config.from_env().remote_users == expected


@pytest.mark.parametrize(
    ("wrong", "settings"),
    [
        ("REMOTE_USER_HEADER", {"REMOTE_USER_HEADER": "Remote-User"}),
        ("REMOTE_USER_HEADER", {"REMOTE_USER_HEADER": "Remote_User", "PROXY_HOPS": "1"}),
        ("REMOTE_USER_HEADER", {"REMOTE_USER_HEADER": "Remote-User: x", "PROXY_HOPS": "1"}),
        ("REMOTE_USER_HEADER", {"REMOTE_USER_HEADER": "Cookie", "PROXY_HOPS": "1"}),
        *(
            ("REMOTE_USER_HEADER", {"REMOTE_USER_HEADER": name, "PROXY_HOPS": "1"})
            for name in ("X-Forwarded-For", "x-forwarded-proto", "X-Forwarded-Host", "X-Real-IP")
        ),
        *(
            ("REMOTE_USER_HEADER", {"REMOTE_USER_HEADER": name, "PROXY_HOPS": "1"})
            for name in (
                "Accept",
                "Accept-Language",
                "Content-Type",
                "If-None-Match",
                "Sec-Fetch-Site",
            )
        ),
        ("REMOTE_USER_ADMINS", {"REMOTE_USER_ADMINS": "mina", "PROXY_HOPS": "1"}),
        ("REMOTE_USER_ADMINS", {"REMOTE_USER_ADMINS": "mi\x07na", "REMOTE_USER_HEADER": "X-U"}),
    ],
)
def test_wrong_users_of_a_proxy_are_named(
    monkeypatch: pytest.MonkeyPatch, wrong: str, settings: dict[str, str]
) -> None:
    """Without a proxy every visitor could choose a name, so the site does not start."""
    set_all(monkeypatch, settings)
    with pytest.raises(ConfigError) as refused:
        Config.from_env()
    assert wrong in refused.value.problems


@pytest.mark.parametrize(
    "settings",
    [
        {"PROXY_HEADERS": "host"},
        {"PROXY_HEADERS": "for", "PROXY_HOPS": "1"},
        {"PROXY_HEADERS": "X-Forwarded-Host", "PROXY_HOPS": "1"},
    ],
)
def test_wrong_proxy_headers_are_named(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]
) -> None:
    """Headers need a proxy that sets them, and only three can be named."""
    set_all(monkeypatch, settings)
    with pytest.raises(ConfigError) as refused:
        Config.from_env()
    assert set(refused.value.problems) == {"PROXY_HEADERS"}
