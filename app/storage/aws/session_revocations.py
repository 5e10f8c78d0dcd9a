"""Keep revoked sessions, and the generations of contributors' cookies, in the listings table."""

from typing import TYPE_CHECKING

from app.storage.aws.dynamodb_client import DynamoClient
from app.storage.aws.dynamodb_items import Item, entry_key, put
from app.storage.aws.table_names import TableNames

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_PARTITION = "#revoked_sessions"
_CONTRIBUTOR = "#contributor:"  # begins a partition of one contributor


class DynamoSessionRevocations:
    """Implement SessionRevocations in `<table>-listings`. The sort key is the session id."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._dynamodb = DynamoClient(client)
        self._table = TableNames.of(table).listings

    def revoke(self, session_id: str, until: int) -> bool:
        """Revoke the session with one PutItem. DynamoDB's TTL deletes the item.

        If the answer was lost and botocore has tried again, it returns False.
        """
        item = _key(session_id) | {"expires_at": until}
        return self._dynamodb.put_new_item(self._table, item, "position")

    def is_revoked(self, session_id: str) -> bool:
        """Return whether the session is revoked, with one GetItem."""
        return self._dynamodb.get_item(self._table, _key(session_id)) is not None

    def generation_of(self, owner: str) -> str | None:
        """Return the generation with one GetItem."""
        item = self._dynamodb.get_item(self._table, _generation_key(owner))
        return str(item["generation"]) if item else None

    def set_generation(self, owner: str, generation: str) -> None:
        """Store the generation with one transaction of one item."""
        item = _generation_key(owner) | {"generation": generation}
        self._dynamodb.transact_write([put(self._table, item)])


def _key(session_id: str) -> Item:
    return entry_key(_PARTITION, session_id)


def _generation_key(owner: str) -> Item:
    return entry_key(f"{_CONTRIBUTOR}{owner}", "generation")
