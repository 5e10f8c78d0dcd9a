"""Keep the results of maintenance in the listings table, where every instance sees them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Key

from app.storage.aws.dynamodb_client import DynamoClient
from app.storage.aws.dynamodb_items import entry_key, put
from app.storage.aws.table_names import TableNames

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_PARTITION = "#run_results"
_MAX_RESULTS = 20  # more than there are kinds


class DynamoRunResults:
    """Implement RunResults in `<table>-listings`. The sort key is the name."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._dynamodb = DynamoClient(client)
        self._table = TableNames.of(table).listings

    def store(self, name: str, text: str) -> None:
        """Store the text with one transaction of one item."""
        item = entry_key(_PARTITION, name) | {"text": text}
        self._dynamodb.transact_write([put(self._table, item)])

    def read_all(self) -> Mapping[str, str]:
        """Return the texts with one Query."""
        items = self._dynamodb.query(
            _MAX_RESULTS,
            TableName=self._table,
            KeyConditionExpression=Key("listing").eq(_PARTITION),
        )
        return {str(item["position"]): str(item["text"]) for item in items}
