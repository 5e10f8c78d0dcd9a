"""Access tokens.

Covers app.domain.tokens.access_token, app.services.tokens.token_store,
app.storage.aws.tokens.tokens, app.storage.local.tokens.sqlite_tokens.
"""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.domain.errors import InvalidText
from app.domain.photo_ids import new_album_id
from app.domain.photo_summary import Role
from app.domain.tokens import access_token
from app.domain.tokens.access_token import MAX_NAME, MAX_TOKENS, AccessToken
from tests.backends import Backend, local_backend
from tests.storage.aws_calls import recorded

NOW = datetime(2026, 11, 30, 8, 15, tzinfo=UTC)


def make_token(secret: str = "", **changes: object) -> AccessToken:
    secret = secret or access_token.new_secret()
    values = {
        "secret_hash": access_token.hash_of(secret),
        "hint": access_token.hint_of(secret),
        "name": "시계 on the wall",
        "role": Role.CONTRIBUTOR,
        "album_id": None,
        "created_at": NOW,
        "valid_until": None,
    }
    return AccessToken(**(values | changes))  # type: ignore[arg-type]  # of mixed types


def test_a_token_is_found_until_it_is_revoked(backend: Backend) -> None:
    """It has the values with which it was added. Revoking it twice does no harm."""
    token = make_token(
        role=Role.REVIEWER, album_id=new_album_id(), valid_until=NOW + timedelta(days=1)
    )
    other = make_token()
    for each in (token, other):
        backend.tokens.add(each)
        assert backend.tokens.get(each.secret_hash) == each
    for _ in range(2):
        backend.tokens.revoke(token.secret_hash)
        assert backend.tokens.get(token.secret_hash) is None
        assert list(backend.tokens.all()) == [other]


def test_adding_a_token_again_stores_it_once(backend: Backend) -> None:
    """An answer may be lost, and the client of the storage tries again."""
    token = make_token()
    for _ in range(2):
        backend.tokens.add(token)
    assert list(backend.tokens.all()) == [token]


def test_all_tokens_are_listed_with_one_query(backend: Backend) -> None:
    """As many as a site may have, with the longest names."""
    tokens = [
        make_token(name="바" * MAX_NAME, album_id=new_album_id(), valid_until=NOW)
        for _ in range(MAX_TOKENS)
    ]
    for token in tokens:
        backend.tokens.add(token)
    expected = sorted(tokens, key=lambda token: token.secret_hash)
    if backend.clients is None:
        assert list(backend.tokens.all()) == expected
        return
    with recorded(backend.clients) as calls:
        assert list(backend.tokens.all()) == expected
    assert calls.counts == {"Query": 1}


def test_no_storage_has_the_secret(tmp_path: Path) -> None:
    """Neither the file nor the value that is stored contains it, but for the last characters."""
    secret = access_token.new_secret()
    token = make_token(secret)
    local_backend(tmp_path).tokens.add(token)
    assert secret not in str(token.to_dict())
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert token.secret_hash.encode() in stored
    assert secret[8:].encode() not in stored


def test_secrets_are_random_and_recognizable() -> None:
    """They have 160 bits, and their hashes and ids differ."""
    secrets = {access_token.new_secret() for _ in range(100)}
    assert all(re.fullmatch("shoebox_[0-9a-f]{40}", secret) for secret in secrets)
    assert all(map(access_token.is_secret, secrets))
    assert len({make_token(secret).token_id for secret in secrets}) == 100


@pytest.mark.parametrize(
    "text",
    [
        *("", "shoebox_", "shoebox_" + "A" * 40, "shoebox_" + "0" * 39, "shoebox_" + "0" * 41),
        *("shoebox_" + "٣" * 40, "shoebox_" + "0" * 40 + "\n", "0" * 48, "shoebox_" * 5000),
    ],
)
def test_other_texts_are_no_secrets(text: str) -> None:
    assert not access_token.is_secret(text)


def test_names_are_cleaned() -> None:
    """They are in one line and in NFC. An empty or a long one is refused at its field."""
    assert access_token.clean_name("  Wall\r\n clock\0 ") == "Wall clock"
    assert access_token.clean_name("x" * MAX_NAME) == "x" * MAX_NAME
    for wrong in ("", " \n", "\u3164", "x" * (MAX_NAME + 1), " " * 100_000 + "x"):
        with pytest.raises(InvalidText) as error:
            access_token.clean_name(wrong)
        assert error.value.field == "name"


def test_a_token_expires_at_its_time() -> None:
    """One without a time never does."""
    assert not make_token().has_expired(NOW + timedelta(days=40_000))
    token = make_token(valid_until=NOW)
    assert token.has_expired(NOW)
    assert not token.has_expired(NOW - timedelta(seconds=1))
