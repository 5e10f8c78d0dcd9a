"""The calls to AWS of the pages for guests and their host are part of the design."""

from collections.abc import Iterator

import pytest

from tests.backends import Backend, aws_backend
from tests.storage.aws_calls import recorded
from tests.visitor import Visitor
from tests.web.pages.guests.conftest import MakeParty, photo_of, send, send_json


@pytest.fixture
def backend() -> Iterator[Backend]:
    with aws_backend() as backend:
        yield backend


def calls_of(backend: Backend, visitor: Visitor, path: str) -> dict[str, int]:
    assert backend.clients
    with recorded(backend.clients) as calls:
        assert visitor.get(path).status_code == 200
    return calls.counts


def test_a_guest_link_is_looked_up_with_one_read(backend: Backend, make_party: MakeParty) -> None:
    """The own photos are those of a contributor: one Query and their records."""
    party = make_party()
    guest = party.guest()
    send(guest, party.link, photo_of(0))
    for path in ("", "/upload", "/qr.svg"):
        assert calls_of(backend, guest, party.link + path) == {"GetItem": 1}
    thanks = calls_of(backend, guest, f"{party.link}/thanks")
    assert thanks == {"GetItem": 2, "Query": 1, "BatchGetItem": 1}  # and the guest’s cookie


def test_the_page_of_the_host_costs_a_bounded_number_of_reads(
    backend: Backend, make_party: MakeParty
) -> None:
    """However many guests there are: their counters are one Query in each partition."""
    party = make_party(guest_name="y")
    guest = party.guest()
    for number in range(6):
        send_json(guest, party.code, photo_of(number), contributor_name=f"Guest {number}")
    path = f"/albums/{party.album_id}/guests"
    assert calls_of(backend, party.host, path) == {"GetItem": 2, "Query": 4, "BatchGetItem": 2}
    by_name = f"/albums/{party.album_id}?by=Guest+1"
    assert calls_of(backend, party.host, by_name) == {"Query": 1}


def test_the_limit_of_a_guest_costs_two_reads_in_each_partition(
    backend: Backend, make_party: MakeParty
) -> None:
    """Beside what every upload costs: that is the same album without a limit of guests."""
    party = make_party()
    guest = party.guest()
    assert backend.clients
    send_json(guest, party.code, photo_of(0))
    with recorded(backend.clients) as calls:
        send_json(guest, party.code, photo_of(1))
    by_guest = calls.counts["Query"]
    with recorded(backend.clients) as calls:
        party.host.upload_json(photo_of(2), album=party.album_id)
    assert by_guest == calls.counts["Query"] + 2 * 4
