"""The keys, the index and the settings of each DynamoDB table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.provisioning.table_index import IndexSpec
from app.storage.aws.listings.posting_items import KEYS as POSTING_KEYS
from app.storage.aws.table_names import TableNames
from app.storage.aws.tags.counts import BY_PHOTOS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.literals import ScalarAttributeTypeType
    from mypy_boto3_dynamodb.type_defs import AttributeDefinitionTypeDef, KeySchemaElementTypeDef


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One table.

    Attributes:
        name: Its name.
        keys: Its partition key and, where it has one, its sort key, with their types.
        index: Its index, where it has one.
        has_expiry: Whether items may have the time at which DynamoDB deletes them.
    """

    name: str
    keys: "Mapping[str, ScalarAttributeTypeType]"
    index: IndexSpec | None = None
    has_expiry: bool = True

    @property
    def schema(self) -> "list[KeySchemaElementTypeDef]":
        """Return the key schema."""
        return [
            {"AttributeName": key, "KeyType": "RANGE" if place else "HASH"}
            for place, key in enumerate(self.keys)
        ]

    @property
    def attributes(self) -> "list[AttributeDefinitionTypeDef]":
        """Return the types of the keys of the table and its index, without repetitions."""
        types: dict[str, AttributeDefinitionTypeDef] = {
            key: {"AttributeName": key, "AttributeType": kind} for key, kind in self.keys.items()
        }
        for attribute in self.index.attributes if self.index else ():
            types[attribute["AttributeName"]] = attribute
        return list(types.values())

    @property
    def definition(self) -> dict[str, Any]:
        """Return the arguments of CreateTable."""
        arguments: dict[str, Any] = {
            "TableName": self.name,
            "KeySchema": self.schema,
            "AttributeDefinitions": self.attributes,
            "BillingMode": "PAY_PER_REQUEST",
        }
        if self.index:
            arguments["GlobalSecondaryIndexes"] = [self.index.definition]
        return arguments


def table_specs(table: str) -> tuple[TableSpec, ...]:
    """Return the tables of the catalog: the photos, their listings and the search index."""
    names = TableNames.of(table)
    by_photos = IndexSpec(BY_PHOTOS, "listing", "photos")
    return (
        TableSpec(names.photos, {"photo_id": "S"}),
        TableSpec(names.listings, {"listing": "S", "position": "S"}, by_photos),
        TableSpec(names.postings, POSTING_KEYS, has_expiry=False),
    )
