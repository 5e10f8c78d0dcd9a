"""Convert records to JSON values."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any


def to_json_object(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record as JSON values, without the fields that are None."""
    return {name: _json_value(value) for name, value in record.items() if value is not None}


def _json_value(value: Any) -> Any:
    match value:
        case Mapping():
            return to_json_object(value)
        case tuple():
            return list(value)
        case StrEnum():
            return value.value
        case datetime():
            return value.isoformat()
    return value
