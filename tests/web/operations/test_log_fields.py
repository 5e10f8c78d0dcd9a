"""The log has no e-mail addresses."""

import pytest

from app.web.operations.log_fields import RANKS, ActorRole, timestamp, without_addresses


@pytest.mark.parametrize(
    "text", ["mina@example.org", "/tags/mina.k+x@mail.example.co.uk", "'김@example.org' failed"]
)
def test_addresses_are_left_out(text: str) -> None:
    assert "example" not in without_addresses(text)


def test_other_texts_stay_and_long_ones_take_linear_time() -> None:
    text = "/photos/01ARZ3NDEKTSV4RRFFQ69G5FAV?a@b" + "x" * 200_000
    assert without_addresses(text) == text


def test_times_are_in_utc() -> None:
    assert timestamp(1_795_000_000.1234) == "2026-11-18T11:06:40.123Z"


def test_admin_ranks_highest_of_visitors() -> None:
    ranks = [RANKS[role] for role in ActorRole]
    assert ranks == sorted(ranks)
