"""Keep access tokens in one partition of the listings table, so that one Query lists them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Key

from app.domain.tokens.access_token import MAX_TOKENS, AccessToken
from app.storage.aws import dynamodb_items as items
from app.storage.aws.dynamodb_client import DynamoClient
from app.storage.aws.dynamodb_items import Item
from app.storage.aws.table_names import TableNames

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_PARTITION = "#access_tokens"


class DynamoTokens:
    """Implement TokenStore in `<table>-listings`. The sort key is the hash of the secret."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._dynamodb = DynamoClient(client)
        self._table = TableNames.of(table).listings

    def add(self, token: AccessToken) -> None:
        """Store the token with one transaction of one item."""
        item = _key(token.secret_hash) | items.to_item(token.to_dict())
        self._dynamodb.transact_write([items.put(self._table, item)])

    def get(self, secret_hash: str) -> AccessToken | None:
        """Return the token with one GetItem."""
        item = self._dynamodb.get_item(self._table, _key(secret_hash))
        return AccessToken.from_dict(item) if item else None

    def all(self) -> Sequence[AccessToken]:
        """Return the tokens with one Query: all of them are smaller than a megabyte."""
        found = self._dynamodb.query(
            MAX_TOKENS,
            TableName=self._table,
            KeyConditionExpression=Key("listing").eq(_PARTITION),
        )
        return [AccessToken.from_dict(item) for item in found]

    def revoke(self, secret_hash: str) -> None:
        """Delete the token with one transaction of one item."""
        self._dynamodb.transact_write([items.delete(self._table, _key(secret_hash))])


def _key(secret_hash: str) -> Item:
    return items.entry_key(_PARTITION, secret_hash)
