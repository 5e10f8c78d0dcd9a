"""Links that carry a contributor's identity to another browser. Each works once."""

import time
from collections.abc import Iterator
from unittest import mock

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.services.factory import Services
from app.web.auth import transfer_links
from app.web.auth.contributor_cookie import Identity
from app.web.auth.transfer_links import InvalidTransferLink
from tests.backends import Backend

SOMEONE = Identity("someone")


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def test_reading_does_not_use_a_link() -> None:
    """Programs that preview links read them."""
    token = transfer_links.create_token(SOMEONE)
    for _ in range(2):
        assert transfer_links.read_token(token).identity == SOMEONE
    assert transfer_links.use_token(token).identity == SOMEONE


def test_a_link_has_the_guest_links_of_its_browser() -> None:
    """And none if there is none, as links of earlier versions."""
    codes = ["a" * 16, "b" * 16]
    token = transfer_links.create_token(SOMEONE, codes)
    assert list(transfer_links.use_token(token).guest_codes) == codes
    assert not transfer_links.read_token(transfer_links.create_token(SOMEONE)).guest_codes


def test_a_link_works_once_on_all_instances(config: Config, services: Services) -> None:
    """An instance that shares only the storage refuses a link that another has used."""
    token = transfer_links.create_token(SOMEONE)
    transfer_links.use_token(token)
    with create_app(config, services).app_context():
        for use in (transfer_links.read_token, transfer_links.use_token):
            with pytest.raises(InvalidTransferLink):
                use(token)


def test_of_requests_at_the_same_time_one_uses_the_link(backend: Backend) -> None:
    """Both have read that the link is unused; the storage decides which one uses it."""
    token = transfer_links.create_token(SOMEONE)
    with mock.patch.object(backend.session_revocations, "is_revoked", return_value=False):
        assert transfer_links.use_token(token).identity == SOMEONE
        with pytest.raises(InvalidTransferLink):
            transfer_links.use_token(token)


def test_a_link_of_a_browser_that_is_signed_out_is_invalid(backend: Backend) -> None:
    """Also if it was made before. A link of the only generation that is valid works."""
    token = transfer_links.create_token(SOMEONE)
    backend.session_revocations.set_generation(SOMEONE.owner, "second")
    for use in (transfer_links.read_token, transfer_links.use_token):
        with pytest.raises(InvalidTransferLink):
            use(token)
    following = SOMEONE._replace(generation="second")
    token = transfer_links.create_token(following)
    assert transfer_links.use_token(token).identity == following


def test_a_link_expires_after_ten_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is valid until then."""
    now = time.time()
    token = transfer_links.create_token(SOMEONE)
    monkeypatch.setattr(time, "time", lambda: now + 10 * 60 - 1)
    assert transfer_links.read_token(token)
    monkeypatch.setattr(time, "time", lambda: now + 10 * 60 + 2)
    with pytest.raises(InvalidTransferLink):
        transfer_links.read_token(token)


@pytest.mark.parametrize("token", ["", "a", "a.b.c", "é", "\0", "x" * 10_000])
def test_other_texts_are_no_links(token: str) -> None:
    """Nothing but a token of this site is valid."""
    valid = transfer_links.create_token(SOMEONE)
    for forged in (token, valid + token[:1] + "A", token + valid):
        if forged != valid:
            with pytest.raises(InvalidTransferLink):
                transfer_links.use_token(forged)
