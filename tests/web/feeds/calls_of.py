"""Count the storage calls of a document."""

from tests.backends import Backend
from tests.storage.aws_calls import recorded
from tests.visitor import Visitor


def calls_of(backend: Backend, visitor: Visitor, path: str) -> dict[str, int]:
    """Return the calls of one GET request, by operation."""
    assert backend.clients
    with recorded(backend.clients) as calls:
        assert visitor.get(path).status_code == 200
    return calls.counts
