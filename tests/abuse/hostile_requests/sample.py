"""Choose those of the requests that a run sends: there are more than 200 000."""

from collections.abc import Container, Iterable, Iterator

from tests.abuse.hostile_requests.request import HostileRequest
from tests.abuse.hostile_requests.values import FIELDS, QUERY_PARAMETERS

_NAMES = {*FIELDS, *QUERY_PARAMETERS}
_ONE_OF = 5
# A wrong parameter or field that the endpoint does not read makes no difference. But some endpoints
# read it only if others are right.
_ONE_OF_UNREAD = 200


def one_of_each(requests: Iterable[HostileRequest]) -> Iterator[HostileRequest]:
    """Yield requests until each wrong shape, each field and each endpoint has occurred."""
    seen = set()
    for request in requests:
        values = {*request.wrong, request.endpoint}
        if not values <= seen:
            seen |= values
            yield request


def some_of_all(
    requests: Iterable[HostileRequest], reads: Container[tuple[str | None, str]]
) -> Iterator[HostileRequest]:
    """Yield every 5th request, but every 200th of those that probably make no difference.

    Args:
        requests: The requests, in any order.
        reads: Each endpoint with the name of a parameter or field that it has read so far.
    """
    relevant = unread = 0
    for request in requests:
        name, _ = request.wrong
        if name in _NAMES and (request.endpoint, name) not in reads:
            unread += 1
            is_chosen = unread % _ONE_OF_UNREAD == 0
        else:
            relevant += 1
            is_chosen = relevant % _ONE_OF == 0
        if is_chosen:
            yield request
