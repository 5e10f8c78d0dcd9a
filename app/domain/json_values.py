"""Convert records to JSON values, and fields of records to integers."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Protocol

# Most values of a record. Their subclasses, such as StrEnum, are others.
_JSON_TYPES = {str, int, float, bool}


class Record(Protocol):
    """An instance of a dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


def record_to_json(record: Record) -> dict[str, Any]:
    """Return a record as JSON values, without the fields that are None."""
    return to_json_object({field.name: getattr(record, field.name) for field in fields(record)})


def to_json_object(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record as JSON values, without the fields that are None."""
    return {name: _json_value(value) for name, value in record.items() if value is not None}


def _json_value(value: Any) -> Any:
    if type(value) in _JSON_TYPES:
        return value
    match value:
        case Mapping():
            return to_json_object(value)
        case tuple():
            return [_json_value(item) for item in value]
        case StrEnum():
            return value.value
        case datetime():
            return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return record_to_json(value)
    return value


def integers(values: Iterable[Any]) -> tuple[int, ...]:
    """Return numbers of any type, such as Decimal, as integers."""
    return tuple(int(value) for value in values)


def optional_time(record: Mapping[str, Any], name: str) -> datetime | None:
    """Return the time in a field, None if the record has no such field."""
    value = record.get(name)
    return datetime.fromisoformat(value) if value else None


def optional_integer(record: Mapping[str, Any], name: str) -> int | None:
    """Return the number in a field as an integer, None if the record has no such field."""
    value = record.get(name)
    return None if value is None else int(value)
