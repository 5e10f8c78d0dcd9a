"""Check that an existing table has the keys of Shoebox."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import KeySchemaElementTypeDef, TableDescriptionTypeDef

_TYPE_NAMES = {"S": "String", "N": "Number", "B": "Binary"}  # as the console names them


def key_problem(
    types: Mapping[str, str],
    schema: "Sequence[KeySchemaElementTypeDef]",
    table: "TableDescriptionTypeDef",
) -> str | None:
    """Return how the keys of `table` differ from `schema` and their `types`, or None."""
    if table.get("KeySchema") != schema:
        return f"has other keys than {' and '.join(types)}"
    definitions = table.get("AttributeDefinitions", [])
    found = {definition["AttributeName"]: definition["AttributeType"] for definition in definitions}
    for key, kind in types.items():
        if found.get(key) != kind:
            stated = _TYPE_NAMES.get(found.get(key, ""), "another type")
            return f"has the key {key} of type {stated}, not {_TYPE_NAMES[kind]}"
    return None
