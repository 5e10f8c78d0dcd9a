"""Build the AWS backend: an object store, and a catalog in DynamoDB."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.services.ports import Backend, ObjectStore
from app.storage.aws.albums.albums import DynamoAlbums
from app.storage.aws.dynamodb import DynamoCatalog
from app.storage.aws.listings.ordered import DynamoOrderedListings
from app.storage.aws.operations.run_results import DynamoRunResults
from app.storage.aws.reports.reports import DynamoReports
from app.storage.aws.session_revocations import DynamoSessionRevocations
from app.storage.aws.tags.reader import DynamoTagReader
from app.storage.aws.tokens.tokens import DynamoTokens

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def dynamodb_backend(
    objects: ObjectStore,
    client: "DynamoDBClient",
    table: str,
    retry_pauses: Sequence[float] = (),
) -> Backend:
    """Return the backend with the catalog in `table` and the tables named after it.

    Args:
        objects: The object store.
        client: A client that takes and returns native Python values (see client_factory).
        table: The name of the photos table.
        retry_pauses: See DynamoClient.
    """
    return Backend(
        objects,
        DynamoCatalog(client, table, retry_pauses=retry_pauses),
        DynamoSessionRevocations(client, table),
        DynamoTagReader(client, table),
        DynamoOrderedListings(client, table),
        DynamoAlbums(client, table, retry_pauses),
        DynamoReports(client, table),
        DynamoTokens(client, table),
        DynamoRunResults(client, table),
    )
