"""Check that an existing table has the keys of Shoebox."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import KeySchemaElementTypeDef, TableDescriptionTypeDef

_TYPE_NAMES = {"N": "Number", "B": "Binary"}  # as the console names them


def key_problem(
    schema: "Sequence[KeySchemaElementTypeDef]", table: "TableDescriptionTypeDef"
) -> str | None:
    """Return how the keys of `table` differ from `schema`, whose keys are strings, or None."""
    keys = [element["AttributeName"] for element in schema]
    if table.get("KeySchema") != schema:
        return f"has other keys than {' and '.join(keys)}"
    definitions = table.get("AttributeDefinitions", [])
    types = {definition["AttributeName"]: definition["AttributeType"] for definition in definitions}
    for key in keys:
        if types.get(key) != "S":
            kind = _TYPE_NAMES.get(types.get(key, ""), "another type")
            return f"has the key {key} of type {kind}, not String"
    return None
