"""Count the storage calls of a document."""

from tests.backends import Backend
from tests.storage.aws_calls import recorded
from tests.visitor import Visitor


def queries(backend: Backend, visitor: Visitor, path: str) -> int:
    """Return the number of Queries of one GET request, which makes no other call."""
    assert backend.clients
    with recorded(backend.clients) as calls:
        assert visitor.get(path).status_code == 200
    assert set(calls.counts) <= {"Query"}
    return calls.counts.get("Query", 0)
