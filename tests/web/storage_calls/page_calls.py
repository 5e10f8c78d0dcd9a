"""Count the calls to AWS of a page."""

from tests.backends import Backend
from tests.storage.aws_calls import recorded
from tests.visitor import Visitor

MONTH_QUERIES = 2  # once a minute and process


def calls_of(
    backend: Backend, visitor: Visitor, path: str, headers: dict[str, str] | None = None
) -> dict[str, int]:
    assert backend.clients
    with recorded(backend.clients) as calls:
        assert visitor.get(path, headers=headers).status_code in {200, 206}
    return calls.counts
